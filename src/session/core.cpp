#include "session/core.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "host/call_rules.hpp"
#include "host/syscalls/names.hpp"
#include "report/problem_codes.hpp"
#include "session/stop.hpp"
#include "target/core/unpack.hpp"

namespace pyexc {

namespace {

using core::Fault;
using core::MappedFiles;

constexpr std::size_t max_named = 4;  // files in one problem

Result<UniqueFd> open_core(const std::string& path) {
  // O_PATH first: merely opening a FIFO would wait for somebody to write into it.
  const UniqueFd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place) return fail(Error::system(Errc::no_such_file, errno, "opening it"));
  struct stat status {};
  if (::fstat(place.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return fail(core::fault(Fault::not_a_core, S_ISDIR(status.st_mode)
                                                   ? "it is a directory"
                                                   : "it is not a regular file"));
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return fail(Error::system(Errc::no_such_file, errno, "opening it"));
  return fd;
}

/// When it was last written to: for all we know, when the process ended.
std::int64_t modified_us(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return 0;
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1'000;
}

/// "a, b, c and 3 more"
std::string names_of(const std::vector<const MappedFiles::File*>& files) {
  std::string text;
  for (std::size_t i = 0; i < std::min(files.size(), max_named); ++i) {
    if (i > 0) text += ", ";
    text += files[i]->path;
  }
  if (files.size() > max_named) text += fmt::format(" and {} more", files.size() - max_named);
  return text;
}

/// What threads waited in, as their registers tell. Descriptors are numbers here: what they were
/// of, no core knows.
std::vector<Activity> activity_of(const std::vector<core::PendingCall>& calls) {
  std::vector<Activity> all;
  for (const core::PendingCall& call : calls) {
    const std::string_view name = host::syscall_name(call.number);
    if (name.empty()) continue;
    Activity& activity = all.emplace_back();
    activity.tid = call.tid;
    Wait& wait = activity.wait.emplace();
    wait.call = wait.text = name;
    const auto shape = host::shape_of(name);
    const auto fd = static_cast<std::int32_t>(static_cast<std::uint32_t>(call.arguments[0]));
    if (shape == host::Shape::futex) wait.futex = call.arguments[0];
    if (shape == host::Shape::fd && fd >= 0) {
      wait.fd = fd;
      wait.text = fmt::format("{}(fd {})", name, fd);
    }
  }
  return all;
}

class Capture {
 public:
  Capture(std::shared_ptr<CoreTarget> target, const cpython::WalkOptions& walk)
      : target_(std::move(target)),
        walk_(walk),
        cache_(std::make_shared<PageCache>(target_->pages(), limits_.max_pages)) {}

  Result<Captured> run(bool for_recording, bool damaged) {
    auto located = cpython::locate(*target_, *cache_);
    if (!located) return fail(explain(std::move(located).error()));
    captured_.runtime = *std::move(located);
    cache_->clear();
    target_->forget_uses();
    if (for_recording)
      PYEXC_CHECK(cpython::locate_at(*target_, *cache_, captured_.runtime.runtime,
                                     captured_.runtime.layout.debug));
    captured_.activity = activity_of(target_->core().notes().calls);
    Report scratch;
    cpython::Heap heap(*cache_, captured_.runtime.layout, limits_, captured_.hints,
                       cpython::Phase::capture);
    if (auto walked = cpython::walk(heap, captured_.runtime, target_->threads(),
                                    target_->identity().pid, walk_, scratch, captured_.activity);
        !walked)
      return fail(explain(std::move(walked).error()));
    cache_->seal();
    PYEXC_CHECK(check_not_stopped());
    add_problems(damaged);
    captured_.keep_alive =
        std::make_shared<std::pair<std::shared_ptr<CoreTarget>, std::shared_ptr<PageCache>>>(
            target_, cache_);
    captured_.pages = cache_.get();
    captured_.identity = target_->identity();
    captured_.mappings = target_->mappings();
    captured_.threads = target_->threads();
    captured_.freeze.mode = "none";
    return std::move(captured_);
  }

 private:
  /// Without the files that were mapped, or with only the beginning of the core, a Python looks
  /// like none.
  Error explain(Error error) {
    if (error.code == Errc::timeout || error.code == Errc::interrupted) return error;
    // A Python that says which version it is was found.
    if (error.code == Errc::unsupported && error.what.find("is not read") != std::string::npos)
      return error;
    for (const auto state : {MappedFiles::State::other, MappedFiles::State::missing}) {
      const auto files = used(state);
      if (files.empty()) continue;
      const bool other = state == MappedFiles::State::other;
      return core::fault(
          other ? Fault::wrong_executable : Fault::no_executable,
          other ? fmt::format("{} is not the file that was mapped: {}", files.front()->where,
                              files.front()->why)
                : fmt::format("it needs files that are not here: {}", names_of(files)));
    }
    if (target_->cut_pages() != 0)
      return core::fault(Fault::cut, "it is cut before the memory of its Python");
    return error;
  }

  std::vector<const MappedFiles::File*> used(MappedFiles::State state) const {
    std::vector<const MappedFiles::File*> files;
    for (const auto& file : target_->files().files())
      if (file.used && file.state == state) files.push_back(&file);
    return files;
  }

  void add(std::string_view code, std::string where, std::string what) {
    captured_.problems.push_back({std::string(code), std::move(where), std::move(what)});
  }

  void add_problems(bool damaged) {
    const auto& file = target_->core();
    if (file.cut())
      add(problem::core_cut, "core",
          fmt::format("the core ends after {} of {} bytes; {} pages that were wanted are lost",
                      file.size(), file.whole_size(), target_->cut_pages()));
    else if (damaged) add(problem::core_cut, "core", "the compressed core is cut or damaged");
    for (const auto* other : used(MappedFiles::State::other))
      add(problem::file_differs, other->path,
          fmt::format("{} is not the file that was mapped and was not used: {}", other->where,
                      other->why));
    for (const auto* missing : used(MappedFiles::State::missing))
      add(problem::file_missing, missing->path,
          fmt::format("its memory could not be read: {}", missing->why));
    if (const auto files = used(MappedFiles::State::unchecked); !files.empty())
      add(problem::file_unchecked, "core",
          fmt::format("used without knowing that they are the files that were mapped, because the "
                      "core holds nothing to compare them with: {}",
                      names_of(files)));
  }

  Limits limits_;
  std::shared_ptr<CoreTarget> target_;
  const cpython::WalkOptions& walk_;
  std::shared_ptr<PageCache> cache_;
  Captured captured_;
};

}  // namespace

Result<CapturedCore> capture_core(const CoreOptions& options, const cpython::WalkOptions& walk,
                                  bool for_recording) {
  PYEXC_TRY(UniqueFd fd, open_core(options.path));
  const std::int64_t written_at_us = modified_us(fd.get());
  bool damaged = false;
  if (const auto compression = core::compression_of(fd.get());
      compression != core::Compression::none) {
    PYEXC_TRY(core::Unpacked unpacked,
              core::unpack(fd.get(), compression,
                           {.max_size = options.max_unpacked,
                            .announce = options.announce,
                            .check_not_stopped = [] { return check_not_stopped(); }}));
    damaged = unpacked.cut;
    fd = std::move(unpacked.fd);
  }
  PYEXC_TRY(auto opened, CoreTarget::open(std::move(fd), {options.executable, options.sysroot,
                                                          options.debug_dirs}));
  CapturedCore out;
  out.target = std::move(opened);
  PYEXC_TRY(out.captured, Capture(out.target, walk).run(for_recording, damaged));
  out.captured.captured_at_us = written_at_us;
  PYEXC_TRY(out.captured.sources,
            open_context_here(options.sysroot.value_or("/"), out.target->identity().cwd));
  return out;
}

void add_signal(Report& report, const std::optional<Signal>& signal) {
  if (!signal) return;
  report.target.signal = signal;
  for (Interpreter& interpreter : report.interpreters)
    for (Thread& thread : interpreter.threads)
      thread.got_signal = thread.tid == signal->tid && signal->tid != 0;
}

}  // namespace pyexc
