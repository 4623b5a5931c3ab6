// PKWARE APPNOTE 6.3: end of central directory (4.3.16), its Zip64 form (4.3.14), file headers (4.3.7, 4.3.12).

#include "source/zip.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "source/codec.hpp"
#include "source/utf8.hpp"

namespace pyexc {
namespace {

using Read = ZipArchive::Read;

constexpr std::size_t end_size = 22;
constexpr std::size_t end64_size = 56;
constexpr std::size_t locator64_size = 20;
constexpr std::size_t member_size = 46;
constexpr std::size_t local_size = 30;
constexpr std::size_t max_comment = 0xffff;
constexpr std::uint32_t absent32 = 0xffffffff;

template <class T>
T number(std::string_view bytes, std::size_t at) {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;)
    value = static_cast<T>(static_cast<T>(value << 8) | static_cast<unsigned char>(bytes[at + i]));
  return value;
}

struct Directory {
  std::int64_t size = 0;
  std::int64_t offset = 0;    ///< as written, relative to where the archive proper begins
  std::int64_t position = 0;  ///< in the file
};

std::optional<Directory> find_directory(const FoundFile& file) {
  constexpr std::size_t tail_size = max_comment + end_size + end64_size + locator64_size;
  const auto wanted = static_cast<std::size_t>(
      std::min<std::int64_t>(file.size, static_cast<std::int64_t>(tail_size)));
  std::string tail;
  if (!TargetFiles::read_at(file, file.size - static_cast<std::int64_t>(wanted), wanted, tail))
    return std::nullopt;
  const std::int64_t tail_at = file.size - static_cast<std::int64_t>(wanted);
  const std::string_view view = tail;
  const std::size_t end = view.rfind("PK\x05\x06");
  if (end == std::string_view::npos || view.size() - end < end_size) return std::nullopt;
  std::uint64_t size = number<std::uint32_t>(view, end + 12);
  std::uint64_t offset = number<std::uint32_t>(view, end + 16);
  std::int64_t directory_end = tail_at + static_cast<std::int64_t>(end);
  const std::size_t end64 = view.rfind("PK\x06\x06");
  if (end64 != std::string_view::npos && end64 + end64_size + locator64_size == end) {
    size = number<std::uint64_t>(view, end64 + 40);
    offset = number<std::uint64_t>(view, end64 + 48);
    directory_end = tail_at + static_cast<std::int64_t>(end64);
  }
  const auto limit = static_cast<std::uint64_t>(directory_end);
  if (size > limit || offset > limit - size) return std::nullopt;
  Directory found;
  found.size = static_cast<std::int64_t>(size);
  found.offset = static_cast<std::int64_t>(offset);
  found.position = directory_end - found.size;
  return found;
}

/// Sizes and offset that did not fit 32 bits are in the extra field, in this order; false if damaged.
bool widen(std::string_view extra, std::uint64_t& unpacked, std::uint64_t& packed, std::uint64_t& header) {
  if (unpacked != absent32 && packed != absent32 && header != absent32) return true;
  while (!extra.empty()) {
    if (extra.size() < 4) return false;
    const auto tag = number<std::uint16_t>(extra, 0);
    const std::size_t length = number<std::uint16_t>(extra, 2);
    if (extra.size() < 4 + length) return false;
    if (tag == 1) {
      std::string_view values = extra.substr(4, length);
      for (std::uint64_t* value : {&unpacked, &packed, &header}) {
        if (*value != absent32) continue;
        if (values.size() < 8) return false;
        *value = number<std::uint64_t>(values, 0);
        values.remove_prefix(8);
      }
      return true;
    }
    extra.remove_prefix(4 + length);
  }
  return true;
}

/// Names without the UTF-8 flag are code page 437.
bool member_name(std::string_view raw, bool utf8, std::string& out) {
  if (utf8 || std::all_of(raw.begin(), raw.end(), [](char c) { return static_cast<signed char>(c) >= 0; })) {
    out = raw;
    return valid_utf8(raw);
  }
  out.clear();
  return decode(find_codec("cp437", SourceRules{}), raw, out);
}

/// A raw deflate stream; what follows its end does not matter, as to zlib.decompress().
Read inflate_all(std::string_view packed, std::int64_t max_size, std::string& bytes) {
  z_stream stream{};
  if (::inflateInit2(&stream, -15) != Z_OK) return Read::raises;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  Read result = Read::raises;
  std::array<char, 32'768> buffer;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = buffer.size() - stream.avail_out;
    if (status != Z_OK && status != Z_STREAM_END) break;
    if (bytes.size() + made > static_cast<std::size_t>(max_size)) {
      result = Read::too_large;
      break;
    }
    bytes.append(buffer.data(), made);
    if (status == Z_STREAM_END) {
      result = Read::done;
      break;
    }
    if (made == 0 && stream.avail_in == 0) break;
  }
  ::inflateEnd(&stream);
  return result;
}

/// Complete Zstandard frames, one after the other.
Read decompress_zstd(std::string_view packed, std::int64_t max_size, std::string& bytes) {
  ZSTD_DStream* const stream = ::ZSTD_createDStream();
  if (stream == nullptr) return Read::fails;
  ::ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 26);
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::array<char, 32'768> buffer;
  std::size_t left = 1;  // 0 at the end of a frame
  Read result = Read::done;
  bool filled = false;
  while ((in.pos < in.size || filled) && result == Read::done) {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    left = ::ZSTD_decompressStream(stream, &out, &in);
    if (::ZSTD_isError(left) != 0) break;
    filled = out.pos == out.size;
    if (bytes.size() + out.pos > static_cast<std::size_t>(max_size)) result = Read::too_large;
    bytes.append(buffer.data(), out.pos);
  }
  ::ZSTD_freeDStream(stream);
  if (result == Read::done && left != 0) result = Read::fails;
  return result;
}

}  // namespace

Read ZipArchive::open(const TargetFiles& files, PyTextView path, ZipArchive& out) {
  out.file_ = files.open(path);
  if (out.file_.state != FoundFile::State::open) return Read::fails;
  const auto directory = find_directory(out.file_);
  if (!directory) return Read::fails;
  if (directory->size > files.limits().max_directory) return Read::too_large;
  std::string bytes;
  if (!TargetFiles::read_at(out.file_, directory->position, static_cast<std::size_t>(directory->size), bytes))
    return Read::fails;
  return out.read_directory(bytes, directory->position - directory->offset, directory->offset);
}

Read ZipArchive::read_directory(std::string_view directory, std::int64_t before,
                                std::int64_t directory_offset) {
  while (directory.size() >= member_size && directory.starts_with("PK\x01\x02")) {
    const bool utf8 = (number<std::uint16_t>(directory, 8) & 0x800U) != 0;
    std::uint64_t packed = number<std::uint32_t>(directory, 20);
    std::uint64_t unpacked = number<std::uint32_t>(directory, 24);
    std::uint64_t header = number<std::uint32_t>(directory, 42);
    const std::size_t name_size = number<std::uint16_t>(directory, 28);
    const std::size_t extra_size = number<std::uint16_t>(directory, 30);
    const std::size_t comment_size = number<std::uint16_t>(directory, 32);
    const std::size_t whole = member_size + name_size + extra_size + comment_size;
    if (directory.size() < whole) return Read::fails;
    if (!widen(directory.substr(member_size + name_size, extra_size), unpacked, packed, header))
      return Read::fails;
    if (header > static_cast<std::uint64_t>(directory_offset)) return Read::fails;
    std::string name;
    if (!member_name(directory.substr(member_size, name_size), utf8, name)) return Read::raises;
    Member& member = members_[std::move(name)];
    member.method = number<std::uint16_t>(directory, 10);
    member.packed = packed > static_cast<std::uint64_t>(file_.size) ? -1 : static_cast<std::int64_t>(packed);
    member.header = before + static_cast<std::int64_t>(header);
    directory.remove_prefix(whole);
  }
  return Read::done;
}

Read ZipArchive::read(PyTextView name, std::int64_t max_size, std::string& bytes) const {
  bytes.clear();
  const auto found = members_.find(std::string(name));
  if (found == members_.end()) return Read::absent;
  const Member& member = found->second;
  std::string local;
  if (!TargetFiles::read_at(file_, member.header, local_size, local)) return Read::raises;
  if (!std::string_view(local).starts_with("PK\x03\x04")) return Read::fails;
  const std::int64_t data = member.header + static_cast<std::int64_t>(local_size) +
                            number<std::uint16_t>(local, 26) + number<std::uint16_t>(local, 28);
  if (member.packed < 0) return Read::fails;
  if (member.packed > max_size) return Read::too_large;
  std::string packed;
  if (!TargetFiles::read_at(file_, data, static_cast<std::size_t>(member.packed), packed)) return Read::fails;
  switch (member.method) {
    case 0: bytes = std::move(packed); return Read::done;
    case 8: return inflate_all(packed, max_size, bytes);
    case 93: return decompress_zstd(packed, max_size, bytes);
    default: return Read::fails;
  }
}

Read ZipArchive::source_of(PyTextView prefix, PyTextView module, std::int64_t max_size,
                           std::string& bytes) const {
  const std::size_t dot = module.rfind('.');
  std::string path(prefix);
  path += dot == PyTextView::npos ? module : module.substr(dot + 1);
  if (contains(path + "/__init__.pyc") || contains(path + "/__init__.py")) {
    path += "/__init__.py";
  } else if (contains(path + ".pyc") || contains(path + ".py")) {
    path += ".py";
  } else {
    return Read::fails;
  }
  return read(path, max_size, bytes);
}

}  // namespace pyexc
