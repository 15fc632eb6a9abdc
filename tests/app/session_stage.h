// A session on a small scenario, as its tests share it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>

#include "app/session/files/documents.h"
#include "app/session/session.h"
#include "app/session/settings.h"
#include "core/router/policy.h"

namespace blockyard {

namespace fs = std::filesystem;

constexpr const char* kSmall = R"({"name": "small", "cache": {"capacity_blocks": 200},
  "workload": {"type": "rag", "requests": 60, "rate": 8, "documents": 10},
  "router": {"sync_ms": 2000}})";

// The session passes it on and never looks.
inline const Look& any_look() {
  alignas(std::max_align_t) static const unsigned char nothing[64]{};
  return reinterpret_cast<const Look&>(nothing);
}

class SessionTest : public testing::Test {
 protected:
  SessionTest()
      : folder_(fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "assets/scenarios");
    fs::create_directories(folder_ / "out");
  }
  ~SessionTest() override { fs::remove_all(folder_); }

  SessionOptions options() const {
    return {BLOCKYARD_ASSETS, (folder_ / "config").string(), (folder_ / "out").string(), 8};
  }
  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << text;
    return path;
  }
  static void settle(Session& s) {
    s.settle();
    for (int i = 0; i < 400 && !s.player().complete(); ++i) s.update(0);
  }

  fs::path folder_;
};

}  // namespace blockyard
