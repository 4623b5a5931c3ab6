#include "source/open_files.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "source/credentials.hpp"
#include "source/files.hpp"

namespace pyexc {

namespace {

/// Shared, because the thread may be given up and then outlive the call.
struct Opening {
  std::shared_ptr<const SourceRoots> roots;
  SourceLimits limits;
  std::vector<std::string> names;

  std::mutex mutex;
  std::condition_variable progress;
  std::vector<UniqueFd> files;
  bool done = false;
};

void run(Opening& opening) {
  std::vector<UniqueFd> files(opening.names.size());
  if (auto leftover = become(opening.roots->credentials)) {
    const TargetFiles target(*opening.roots, opening.limits, std::move(*leftover));
    for (std::size_t i = 0; i < files.size(); ++i) files[i] = target.open(opening.names[i]).fd;
  }
  const std::lock_guard lock(opening.mutex);
  opening.files = std::move(files);
  opening.done = true;
  opening.progress.notify_one();
}

}  // namespace

std::vector<UniqueFd> open_files(const SourceContext& context, const std::vector<std::string>& names) {
  std::vector<UniqueFd> files(names.size());
  if (names.empty() || !context.roots) return files;
  auto opening = std::make_shared<Opening>();
  opening->roots = context.roots;
  opening->limits = context.limits;
  opening->names = names;
  try {
    std::thread([opening] { run(*opening); }).detach();
  } catch (const std::system_error&) {
    return files;
  }
  std::unique_lock lock(opening->mutex);
  if (opening->progress.wait_for(lock, context.limits.wall, [&] { return opening->done; }))
    files = std::move(opening->files);
  return files;
}

}  // namespace pyexc
