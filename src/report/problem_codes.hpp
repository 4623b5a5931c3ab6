#pragma once
// Every value that Problem::code can have. Programs decide on them, so the list is closed: the schema in
// docs/report.schema.json holds the same one, and a test compares the two.

#include <algorithm>
#include <array>
#include <string_view>

namespace pyexc::problem {

// Found by capture, beside the names of Errc.
inline constexpr std::string_view not_stopped = "not-stopped";    // a thread did not stop in time and was read as it was
inline constexpr std::string_view not_frozen = "not-frozen";      // --no-freeze: read while it ran
inline constexpr std::string_view max_freeze = "max-freeze";      // --max-freeze passed before all was read
inline constexpr std::string_view hung_read = "hung-read";        // a read of memory that never came back
inline constexpr std::string_view changing = "changing";          // caught halfway through an update, every time
inline constexpr std::string_view thread_not_found = "thread-not-found";  // a --thread that is not there
inline constexpr std::string_view thread_unmatched = "thread-unmatched";  // thread state without a known tid
inline constexpr std::string_view layout_unverified = "layout-unverified";  // nobody has checked this Python yet
inline constexpr std::string_view not_recorded = "not-recorded";  // this option needs what the recording lacks
inline constexpr std::string_view source_unreadable = "source-unreadable";  // a source file that was refused
inline constexpr std::string_view native_incomplete = "native-incomplete";  // frames of C that could not be unwound
inline constexpr std::string_view native_unmerged = "native-unmerged";  // which frames of C run which of Python is not known

inline constexpr std::string_view core_cut = "core-cut";          // the core ends before its memory does
inline constexpr std::string_view file_missing = "file-missing";  // memory that is in a file, which is not here
inline constexpr std::string_view file_differs = "file-differs";  // the file of that name is not the one that was mapped
inline constexpr std::string_view file_unchecked = "file-unchecked";  // used, but the core has nothing to compare it with

inline constexpr std::array all = {
    // The names of Errc that can stand in a report; the others end the program.
    std::string_view("process-ended"), std::string_view("not-permitted"),
    std::string_view("not-initialised"), std::string_view("unsupported"),
    std::string_view("unmapped"), std::string_view("not-captured"), std::string_view("thawed"),
    std::string_view("short-read"), std::string_view("invalid"), std::string_view("limit"),
    std::string_view("cycle"), std::string_view("no-such-file"), std::string_view("unreadable-file"),
    std::string_view("internal"),
    // Those above.
    not_stopped, not_frozen, max_freeze, hung_read, changing, thread_not_found, thread_unmatched,
    layout_unverified, not_recorded, source_unreadable, native_incomplete, native_unmerged,
    core_cut, file_missing, file_differs, file_unchecked};

[[nodiscard]] constexpr bool known(std::string_view code) noexcept {
  return std::find(all.begin(), all.end(), code) != all.end();
}

}  // namespace pyexc::problem
