// Writes the dictionary of the scenario fuzzer: every key and choice of the table of settings.
#include <cstdio>
#include <string>

#include "core/settings/reference.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::FILE* file = std::fopen(argv[1], "wb");
  if (file == nullptr) return 1;
  const std::string words = blockyard::scenario_dictionary();
  const bool written = std::fwrite(words.data(), 1, words.size(), file) == words.size();
  return std::fclose(file) == 0 && written ? 0 : 1;
}
