// Icons: the code points of Fork Awesome (and Font Awesome 4.7, which uses the same ones) that the program draws, as
// UTF-8.
#pragma once

namespace blockyard::icons {

inline constexpr const char* kSearch = "\xef\x80\x82";        // U+F002
inline constexpr const char* kStar = "\xef\x80\x85";          // U+F005
inline constexpr const char* kCheck = "\xef\x80\x8c";         // U+F00C
inline constexpr const char* kTimes = "\xef\x80\x8d";         // U+F00D
inline constexpr const char* kGear = "\xef\x80\x93";          // U+F013
inline constexpr const char* kTrash = "\xef\x80\x94";         // U+F014
inline constexpr const char* kFile = "\xef\x80\x96";          // U+F016
inline constexpr const char* kClock = "\xef\x80\x97";         // U+F017
inline constexpr const char* kDownload = "\xef\x80\x99";      // U+F019
inline constexpr const char* kRestart = "\xef\x80\x9e";       // U+F01E
inline constexpr const char* kBook = "\xef\x80\xad";          // U+F02D
inline constexpr const char* kBookmark = "\xef\x80\xae";      // U+F02E
inline constexpr const char* kCamera = "\xef\x80\xb0";        // U+F030
inline constexpr const char* kList = "\xef\x80\xba";          // U+F03A
inline constexpr const char* kPencil = "\xef\x81\x80";        // U+F040
inline constexpr const char* kTarget = "\xef\x81\x9b";        // U+F05B
inline constexpr const char* kFastBackward = "\xef\x81\x89";  // U+F049
inline constexpr const char* kStepBack = "\xef\x81\x88";      // U+F048
inline constexpr const char* kBackward = "\xef\x81\x8a";      // U+F04A
inline constexpr const char* kPlay = "\xef\x81\x8b";          // U+F04B
inline constexpr const char* kPause = "\xef\x81\x8c";         // U+F04C
inline constexpr const char* kForward = "\xef\x81\x8e";       // U+F04E
inline constexpr const char* kFastForward = "\xef\x81\x90";   // U+F050
inline constexpr const char* kStep = "\xef\x81\x91";          // U+F051
inline constexpr const char* kChevronLeft = "\xef\x81\x93";   // U+F053
inline constexpr const char* kChevronRight = "\xef\x81\x94";  // U+F054
inline constexpr const char* kQuestion = "\xef\x81\x99";      // U+F059
inline constexpr const char* kInfo = "\xef\x81\x9a";          // U+F05A
inline constexpr const char* kExpand = "\xef\x81\xa5";        // U+F065
inline constexpr const char* kPlus = "\xef\x81\xa7";          // U+F067
inline constexpr const char* kEye = "\xef\x81\xae";           // U+F06E
inline constexpr const char* kWarning = "\xef\x81\xb1";       // U+F071
inline constexpr const char* kRandom = "\xef\x81\xb4";        // U+F074
inline constexpr const char* kChevronUp = "\xef\x81\xb7";     // U+F077
inline constexpr const char* kChevronDown = "\xef\x81\xb8";   // U+F078
inline constexpr const char* kFolderOpen = "\xef\x81\xbc";    // U+F07C
inline constexpr const char* kBarChart = "\xef\x82\x80";      // U+F080
inline constexpr const char* kKey = "\xef\x82\x84";           // U+F084
inline constexpr const char* kFilter = "\xef\x82\xb0";        // U+F0B0
inline constexpr const char* kFlask = "\xef\x83\x83";         // U+F0C3
inline constexpr const char* kCopy = "\xef\x83\x85";          // U+F0C5
inline constexpr const char* kSave = "\xef\x83\x87";          // U+F0C7
inline constexpr const char* kTable = "\xef\x83\x8e";         // U+F0CE
inline constexpr const char* kUndo = "\xef\x83\xa2";          // U+F0E2
inline constexpr const char* kDashboard = "\xef\x83\xa4";     // U+F0E4
inline constexpr const char* kBolt = "\xef\x83\xa7";          // U+F0E7
inline constexpr const char* kSitemap = "\xef\x83\xa8";       // U+F0E8
inline constexpr const char* kExchange = "\xef\x83\xac";      // U+F0EC
inline constexpr const char* kFileText = "\xef\x83\xb6";      // U+F0F6
inline constexpr const char* kKeyboard = "\xef\x84\x9c";      // U+F11C
inline constexpr const char* kRocket = "\xef\x84\xb5";        // U+F135
inline constexpr const char* kSun = "\xef\x86\x85";           // U+F185
inline constexpr const char* kMoon = "\xef\x86\x86";          // U+F186
inline constexpr const char* kGraduation = "\xef\x86\x9d";    // U+F19D
inline constexpr const char* kHistory = "\xef\x87\x9a";       // U+F1DA
inline constexpr const char* kSliders = "\xef\x87\x9e";       // U+F1DE
inline constexpr const char* kDatabase = "\xef\x87\x80";      // U+F1C0
inline constexpr const char* kLineChart = "\xef\x88\x81";     // U+F201
inline constexpr const char* kAreaChart = "\xef\x87\xbe";     // U+F1FE
inline constexpr const char* kToggleOn = "\xef\x88\x85";      // U+F205
inline constexpr const char* kServer = "\xef\x88\xb3";        // U+F233
inline constexpr const char* kMicrochip = "\xef\x8b\x9b";     // U+F2DB

}  // namespace blockyard::icons
