// HTTP's heads and bodies: what is taken, what is refused, and that it does not matter in which pieces bytes come.
#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/http/body.h"
#include "core/http/head.h"

namespace blockyard::http {
namespace {

constexpr char kGood[] = "POST /v1/completions?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

TEST(HttpHead, AWholeRequest) {
  const std::string text = std::string(kGood) + "hello";
  const HeadScan scan = scan_head(text);
  ASSERT_EQ(scan.size, text.size() - 5);
  for (std::size_t n = 0; n < scan.size; ++n) {
    EXPECT_EQ(scan_head(text.substr(0, n)).size, 0U);
    EXPECT_FALSE(scan_head(text.substr(0, n)).bad);
  }
  const auto head = parse_request(std::string_view(text).substr(0, scan.size));
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/v1/completions?x=1");
  EXPECT_EQ(head->path(), "/v1/completions");
  EXPECT_EQ(head->body.kind, Framing::Kind::kLength);
  EXPECT_EQ(head->body.length, 5U);
  EXPECT_TRUE(head->keep_alive);
}

Result<RequestHead> request(const std::string& line, const std::string& fields) {
  return parse_request(line + "\r\nHost: a\r\n" + fields + "\r\n");
}

TEST(HttpHead, WhatCouldMeanTwoThingsIsRefused) {
  const std::string line = "POST / HTTP/1.1";
  EXPECT_TRUE(request(line, "Content-Length: 0\r\n"));
  for (const char* fields :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n", "Content-Length: -1\r\n", "Content-Length: 0x5\r\n",
        "Content-Length:\r\n", "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked\r\n", "Host: b\r\n", "X: a\r\n b\r\n", "X : a\r\n", " X: a\r\n", "X\r\n", ": a\r\n",
        "X: a\x01\r\n", "X\x80: a\r\n"}) {
    EXPECT_FALSE(request(line, fields)) << fields;
  }
  EXPECT_FALSE(request("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(parse_request("GET / HTTP/1.1\r\n\r\n"));  // no Host
  for (const char* bad : {"GET http://a/ HTTP/1.1", "GET * HTTP/1.1", "GET / HTTP/2.0", "GET /", "GET  / HTTP/1.1",
                          "G T / HTTP/1.1", "GET /a b HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET /\x7f HTTP/1.1"}) {
    EXPECT_FALSE(request(bad, "")) << bad;
  }
  for (const std::string& bad : std::initializer_list<std::string>{"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
                                "GET / HTTP/1.1\r\nX: a\nb\r\n\r\n", std::string("GET /\0", 6)}) {
    EXPECT_TRUE(scan_head(bad).bad) << bad;
  }
}

TEST(HttpHead, ConnectionsStayOrNot) {
  EXPECT_FALSE(request("GET / HTTP/1.0", "")->keep_alive);
  EXPECT_TRUE(request("GET / HTTP/1.0", "Connection: Keep-Alive\r\n")->keep_alive);
  EXPECT_FALSE(request("GET / HTTP/1.1", "Connection: foo, close\r\n")->keep_alive);
  EXPECT_TRUE(request("POST / HTTP/1.1", "Expect: 100-Continue\r\nContent-Length: 1\r\n")->expects_continue);
  EXPECT_FALSE(request("POST / HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 1\r\n")->expects_continue);
}

TEST(HttpHead, HopByHopFieldsStay) {
  Fields fields{{"connection", "X-Mine, close"}, {"x-mine", "1"}, {"Keep-Alive", "5"}, {"Proxy-Authorization", "k"},
                {"TE", "gzip"},                  {"Trailer", "x"}, {"Upgrade", "h2c"},  {"Transfer-Encoding", "chunked"},
                {"X-Other", "2"}};
  remove_hop_by_hop(fields);
  EXPECT_EQ(fields, (Fields{{"X-Other", "2"}}));
}

TEST(HttpHead, AnswersOfWorkers) {
  const auto head = parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200U);
  EXPECT_EQ(head->body.kind, Framing::Kind::kChunked);
  EXPECT_EQ(parse_response("HTTP/1.0 200 OK\r\n\r\n")->body.kind, Framing::Kind::kUntilClose);
  EXPECT_FALSE(parse_response("HTTP/1.0 200 OK\r\n\r\n")->keep_alive);
  EXPECT_EQ(parse_response("HTTP/1.1 204 \r\n\r\n")->body.kind, Framing::Kind::kNone);
  for (const char* bad : {"HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    EXPECT_FALSE(parse_response(bad)) << bad;
  }
}

TEST(HttpBody, ChunksInWhateverPieces) {
  const std::string text = "5\r\nhello\r\n1;name=\"v\"\r\n \r\nA \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET / next";
  Rng rng(3, RngPurpose::kWorkload);
  for (int round = 0; round < 200; ++round) {
    BodyReader reader({Framing::Kind::kChunked, 0});
    std::string out, in;
    std::size_t at = 0;
    while (!reader.done()) {
      const std::size_t n = std::min<std::size_t>(round == 0 ? 1 : 1 + rng.below(7), text.size() - at);
      in += text.substr(at, n);
      at += n;
      const auto taken = reader.feed(in, out);
      ASSERT_TRUE(taken) << taken.error().message;
      in.erase(0, *taken);
    }
    EXPECT_EQ(out, "hello 0123456789");
    EXPECT_EQ(in + text.substr(at), "GET / next");
  }
}

TEST(HttpBody, WhatIsNoChunk) {
  for (const char* bad : {"\r\n", "x\r\n", "5\nhello", "5\r\nhelloX", "5\r\nhello\n", "11112222333344445\r\n", "-5\r\n",
                                "5;a\nb\r\n", "0\r\nX\n\r\n", "5 5\r\rhello", "0x5\r\n"}) {
    BodyReader reader({Framing::Kind::kChunked, 0});
    std::string out;
    EXPECT_FALSE(reader.feed(bad, out)) << bad;
    EXPECT_FALSE(reader.done());
  }
  std::string out;
  BodyReader length({Framing::Kind::kLength, 3});
  EXPECT_EQ(*length.feed("abcdef", out), 3U);
  EXPECT_EQ(out, "abc");
  EXPECT_TRUE(length.done());
  EXPECT_TRUE(BodyReader(Framing{}).done());
}

}  // namespace
}  // namespace blockyard::http
