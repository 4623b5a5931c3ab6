// A minimal tool around Freeze: opens a process, freezes it, holds it, lets it go, and says how
// that went, one JSON object per freeze. It treats signals to itself as the real tool does.
//
//   freeze_probe PID [--hold-us N] [--max-freeze-us N] [--stop-wait-us N] [--repeat N] [--rounds N]
//                [--marks-fd FD] [--until-eof] [--read ADDRESS] [--pause-us N] [--look-after-us N]
//
// --marks-fd: a shared memory file whose first word gets the Phase.   --until-eof: repeats until
// stdin ends.
// --read: reads 8 bytes there, in a thread of its own, while frozen; the hold ends with the read.
// --rounds: freezes of one opened target.

#include <poll.h>

#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common.hpp"
#include "target/live/freeze.hpp"
#include "target/live/live_target.hpp"
#include "target/live/signals.hpp"

namespace {

using namespace freeze_test;
using nlohmann::json;

struct Arguments {
  long pid = 0;
  long hold_us = 0, max_freeze_us = 1'000'000, stop_wait_us = 20'000, repeat = 1, rounds = 1,
       pause_us = 0;
  long look_after_us = 5'000;
  int marks_fd = -1;
  bool until_eof = false;
  std::uint64_t read_address = 0;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word(argv[i]);
    const auto value = [&] {
      if (i + 1 >= argc) die("an option without its value");
      return std::strtoll(argv[++i], nullptr, 0);
    };
    if (word == "--hold-us") arguments.hold_us = value();
    else if (word == "--max-freeze-us") arguments.max_freeze_us = value();
    else if (word == "--stop-wait-us") arguments.stop_wait_us = value();
    else if (word == "--repeat") arguments.repeat = value();
    else if (word == "--rounds") arguments.rounds = value();
    else if (word == "--pause-us") arguments.pause_us = value();
    else if (word == "--look-after-us") arguments.look_after_us = value();
    else if (word == "--marks-fd") arguments.marks_fd = static_cast<int>(value());
    else if (word == "--until-eof") arguments.until_eof = true;
    else if (word == "--read") arguments.read_address = std::strtoull(argv[++i], nullptr, 0);
    else arguments.pid = std::strtol(argv[i], nullptr, 10);
  }
  return arguments;
}

std::atomic<std::uint32_t> no_marks{0};
std::atomic<std::uint32_t>* marks = &no_marks;

int report(const pyexc::Error& error) {
  json out{
      {"error", pyexc::errc_name(error.code)}, {"number", error.number}, {"what", error.message()}};
  std::puts(out.dump().c_str());
  std::fflush(stdout);
  return error.code == pyexc::Errc::no_such_process || error.code == pyexc::Errc::process_ended ? 3
                                                                                                : 4;
}

int freeze_once(const Arguments& arguments, pyexc::LiveTarget& target) {
  marks->store(beginning);
  pyexc::Freeze freeze(target, {.max_freeze = std::chrono::microseconds(arguments.max_freeze_us),
                                .stop_wait = std::chrono::microseconds(arguments.stop_wait_us),
                                .look_after = std::chrono::microseconds(arguments.look_after_us)});
  if (auto begun = freeze.begin(); !begun) return report(begun.error());
  marks->store(frozen);
  json out;
  std::thread reader;
  std::atomic<int> read_state{0};  // 0 not asked for, 1 under way, 2 done, 3 failed
  if (arguments.read_address != 0) {
    read_state = 1;
    reader = std::thread([&] {
      std::uint64_t word = 0;
      auto* pages = dynamic_cast<pyexc::LivePages*>(&target.pages());
      const bool good =
          pages != nullptr && pages->read_bytes(pyexc::RemoteAddr(arguments.read_address),
                                                std::as_writable_bytes(std::span(&word, 1)));
      read_state = good ? 2 : 3;
    });
  }
  // A held process is let go at once when we are told to end, or when the read has come back.
  const std::uint64_t until = now_ns() + static_cast<std::uint64_t>(arguments.hold_us) * 1000;
  int signal = 0;
  while (signal == 0 && read_state < 2 && now_ns() < until)
    signal = pyexc::SignalShield::wait(
        std::chrono::nanoseconds(read_state == 1 ? 100'000 : until - now_ns()));
  const bool same_image = target.check_same_image().has_value();
  marks->store(ending);
  const pyexc::FreezeOutcome outcome = freeze.end();
  marks->store(thawed);
  if (signal == 0) signal = pyexc::SignalShield::pending();
  out["duration_us"] = static_cast<double>(outcome.duration_ns) / 1000;
  out["stop_us"] = static_cast<double>(outcome.stop_ns) / 1000;
  out["stopped"] = outcome.threads_stopped;
  out["not_stopped"] = outcome.not_stopped;
  out["signals_returned"] = outcome.signals_returned;
  out["complete"] = outcome.complete;
  out["expired"] = outcome.expired;
  out["ended"] = outcome.ended;
  out["same_image"] = same_image;
  out["reader"] = read_state.load();
  std::size_t marked = 0;
  for (const auto& thread : target.threads()) marked += thread.stopped ? 1 : 0;
  out["threads"] = target.threads().size();
  out["threads_marked_stopped"] = marked;
  std::puts(out.dump().c_str());
  std::fflush(stdout);
  if (reader.joinable()) {
    if (read_state.load() == 1)
      _exit(0);  // it waits for a page that nobody gives; only our end frees it
    reader.join();
  }
  return signal != 0 ? 128 + signal : 0;
}

int attach_once(const Arguments& arguments) {
  marks->store(not_started);
  auto target = pyexc::LiveTarget::open(arguments.pid);
  if (!target) return report(target.error());
  marks->store(opened);
  int result = 0;
  for (long round = 0; round < arguments.rounds && result == 0; ++round)
    result = freeze_once(arguments, **target);
  return result;
}

bool stdin_ended() {
  pollfd entry{0, POLLIN, 0};
  return poll(&entry, 1, 0) == 1 && (entry.revents & (POLLHUP | POLLIN)) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  pyexc::SignalShield shield;
  const Arguments arguments = parse(argc, argv);
  if (arguments.marks_fd >= 0) {
    void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, arguments.marks_fd, 0);
    if (memory == MAP_FAILED) die("mmap of the marks");
    marks = static_cast<std::atomic<std::uint32_t>*>(memory);
  }
  int result = 0;
  for (long i = 0; arguments.until_eof ? !stdin_ended() : i < arguments.repeat; ++i) {
    result = attach_once(arguments);
    if (result < 128 && pyexc::SignalShield::pending() != 0)
      result = 128 + pyexc::SignalShield::pending();
    if (result >= 128) break;
    if (arguments.pause_us > 0) sleep_ns(static_cast<std::uint64_t>(arguments.pause_us) * 1000);
  }
  return result;
}
