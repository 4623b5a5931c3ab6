#include "source/linecache.hpp"

#include <fmt/format.h>

#include "source/encoding.hpp"
#include "source/utf8.hpp"
#include "source/zip.hpp"

namespace pyexc {
namespace {

constexpr std::string_view too_large = "larger than the limit for source files";

std::string unsupported(const std::string& encoding) {
  return fmt::format("its encoding is not supported: {}", encoding);
}

PyText join(PyTextView directory, PyTextView name) {
  PyText path(directory);
  if (!path.empty() && path.back() != '/') path += '/';
  path += name;
  return path;
}

}  // namespace

bool has_no_file(PyTextView name) {
  return name.empty() || (name.front() == '<' && name.back() == '>');
}

SourceAnswer LineFinder::find(const SourceRequest& request) const {
  SourceAnswer out;
  SourceRequest changed;
  const SourceRequest* current = &request;
  if (request.cached && !request.cached->lazy) {
    // An entry that checkcache() keeps is what Python shows, even if the file says something else by now.
    if (still_cached(request)) {
      out.lines.insert(request.cached->lines.begin(), request.cached->lines.end());
      return out;
    }
    // lazycache() found the stale entry and registered no loader; checkcache() then dropped it.
    changed = request;
    changed.loader = LoaderFacts{};
    current = &changed;
  }
  if (has_no_file(request.file)) return out;
  FoundFile file = files_.open(request.file);
  if (file.state == FoundFile::State::missing) {
    if (from_loader(*current, out) != Step::next) return out;
    if (request.cached && request.cached->lazy && request.loader.kind == LoaderFacts::Kind::none) {
      out.problem = "its lines come from code of the process";
      return out;
    }
    if (rules_.source_from_archives && from_archive(*current, out) != Step::next) return out;
    if (request.file.front() == '/') return out;
    for (const PyText& directory : search_path_) {
      file = files_.open(join(directory, request.file));
      if (file.state != FoundFile::State::missing) break;
    }
  }
  if (file.state == FoundFile::State::refused) out.problem = file.why;
  if (file.state == FoundFile::State::open) (void)from_file(file, *current, out);
  return out;
}

/// Whether checkcache() keeps the entry.
bool LineFinder::still_cached(const SourceRequest& request) const {
  const LinecacheEntry& entry = *request.cached;
  const PyText& name = entry.fullname.empty() ? request.file : entry.fullname;
  const FoundFile now = files_.stat(name);
  return now.state == FoundFile::State::open && now.size == entry.size && now.mtime == entry.mtime;
}

LineFinder::Step LineFinder::from_file(const FoundFile& file, const SourceRequest& request,
                                       SourceAnswer& out) const {
  std::string bytes;
  if (file.size > files_.limits().max_file) {
    out.problem = too_large;
    return Step::none;
  }
  if (!files_.read(file, bytes)) return Step::none;
  const DecodedSource source = decode_source(std::move(bytes), rules_);
  if (source.state == DecodedSource::State::unsupported) out.problem = unsupported(source.encoding);
  if (source.state != DecodedSource::State::text) return Step::none;
  bool left_out = false;
  file_lines(source.text, request.wanted, rules_.empty_file_has_line, {files_.limits().max_line, &left_out},
             out.lines);
  if (left_out) out.problem = "a line is longer than the limit";
  return Step::found;
}

LineFinder::Step LineFinder::split_text(PyTextView text, const SourceRequest& request,
                                        SourceAnswer& out) const {
  bool left_out = false;
  split_lines(text, request.wanted, {files_.limits().max_line, &left_out}, out.lines);
  if (left_out) out.problem = "a line is longer than the limit";
  return Step::found;
}

LineFinder::Step LineFinder::split_source(std::string bytes, const SourceRequest& request,
                                          SourceAnswer& out) const {
  const DecodedSource source = decode_source(std::move(bytes), rules_);
  if (source.state == DecodedSource::State::unsupported) out.problem = unsupported(source.encoding);
  if (source.state != DecodedSource::State::text) return Step::none;
  return split_text(source.text, request, out);
}

LineFinder::Step LineFinder::from_loader(const SourceRequest& request, SourceAnswer& out) const {
  const LoaderFacts& loader = request.loader;
  const bool by_spec = rules_.loader_name_from_spec && !loader.spec_name.empty();
  const PyText& name = by_spec ? loader.spec_name : loader.module_name;
  // lazycache() registers nothing for a module without a name.
  if (loader.kind == LoaderFacts::Kind::none || name.empty()) return Step::next;
  switch (loader.kind) {
    case LoaderFacts::Kind::none: return Step::next;
    case LoaderFacts::Kind::sourceless:
    case LoaderFacts::Kind::frozen:
    case LoaderFacts::Kind::builtin: return Step::none;
    case LoaderFacts::Kind::python_code:
      out.problem = "its loader is code of the process";
      return Step::none;
    case LoaderFacts::Kind::source_file: {
      if (!loader.loader_name.empty() && loader.loader_name != name) return Step::next;
      const FoundFile file = files_.open(loader.path);
      if (file.state == FoundFile::State::refused) out.problem = file.why;
      if (file.state == FoundFile::State::refused) return Step::none;
      if (file.state != FoundFile::State::open) return Step::next;
      std::string bytes;
      if (file.size > files_.limits().max_file) out.problem = too_large;
      if (!files_.read(file, bytes)) return out.problem.empty() ? Step::next : Step::none;
      return split_source(std::move(bytes), request, out);
    }
    case LoaderFacts::Kind::zip: {
      ZipArchive archive;
      std::string bytes;
      ZipArchive::Read read = ZipArchive::open(files_, loader.path, archive);
      if (read == ZipArchive::Read::done)
        read = archive.source_of(loader.prefix, name, files_.limits().max_file, bytes);
      if (read == ZipArchive::Read::fails) return Step::next;
      if (read == ZipArchive::Read::too_large) out.problem = too_large;
      // Here Python decodes as UTF-8 and nothing else.
      if (read != ZipArchive::Read::done || !valid_utf8(bytes)) return Step::none;
      return split_text(bytes, request, out);
    }
  }
  return Step::next;
}

LineFinder::Step LineFinder::from_archive(const SourceRequest& request, SourceAnswer& out) const {
  const PyTextView name = request.file;
  // Every directory of the name, innermost first: the one that is a file must be the archive.
  for (std::size_t slash = name.rfind('/'); slash != PyTextView::npos && slash > 0;
       slash = name.rfind('/', slash - 1)) {
    const PyTextView parent = name.substr(0, slash);
    ZipArchive archive;
    if (ZipArchive::open(files_, parent, archive) != ZipArchive::Read::done) continue;
    std::string bytes;
    const auto read = archive.read(name.substr(slash + 1), files_.limits().max_file, bytes);
    if (read == ZipArchive::Read::absent || read == ZipArchive::Read::fails) continue;
    if (read == ZipArchive::Read::too_large) out.problem = too_large;
    if (read != ZipArchive::Read::done) return Step::none;
    const Step step = split_source(std::move(bytes), request, out);
    // Undecodable text is the same as none to linecache, which then goes on along sys.path.
    return step == Step::found ? step : Step::next;
  }
  return Step::next;
}

}  // namespace pyexc
