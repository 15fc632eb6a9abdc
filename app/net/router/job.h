// Job: one request on its way through a Front.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/net/http/client.h"
#include "app/net/http/server.h"
#include "core/live/record/record.h"
#include "core/live/routing/answer.h"
#include "core/live/routing/ask.h"
#include "core/live/routing/live_router.h"

namespace blockyard::net {

struct Job {
  std::uint64_t number = 0;
  std::shared_ptr<Exchange> exchange;
  http::RequestHead asked;
  std::string body, request_id;
  bool own_key = false;
  live::Ask ask;
  live::RouteQuestion question;
  live::RequestRecord record;
  live::RouteRecord route;  ///< of this attempt
  std::shared_ptr<HttpCall> call;
  std::optional<http::ResponseHead> head;
  std::optional<live::AnswerReader> reader;
  std::uint32_t lost_after_sent = 0;
  // Another worker is looked for, while this one's answer stands ready, should there be none.
  bool deciding = false, held_done = false;
  std::optional<std::string> held_piece;
  bool begun = false;  ///< bytes of an answer went to the client
  bool over = false;
};

}  // namespace blockyard::net
