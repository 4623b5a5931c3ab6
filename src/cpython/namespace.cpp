#include "cpython/namespace.hpp"

#include <algorithm>

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_compared =
    1024;  // characters; longer names are told apart by their addresses
}

std::string Namespace::text_of(RemoteAddr name) {
  if (!heap_.has_flag(name, type_flags::str_subclass)) return {};
  auto text = heap_.text_now(name, max_compared);
  return text ? std::move(*text) : std::string();
}

std::size_t Namespace::find(RemoteAddr name) {
  if (const auto known = by_address_.find(name); known != by_address_.end()) return known->second;
  if (earlier_ == 0) return none;  // within one source names that are equal are the same object
  const std::string text = text_of(name);
  if (text.empty()) return none;
  for (; texts_ < earlier_; ++texts_) {
    if (items_[texts_].name.null()) continue;
    if (auto known = text_of(items_[texts_].name); !known.empty())
      by_text_.emplace(std::move(known), texts_);
  }
  const auto known = by_text_.find(text);
  return known == by_text_.end() || items_[known->second].name.null() ? none : known->second;
}

void Namespace::set(RemoteAddr name, RemoteAddr value) {
  if (const std::size_t index = find(name); index != none) {
    changed_ = changed_ || items_[index].value != value;
    items_[index].value = value;
    return;
  }
  changed_ = true;
  by_address_[name] = items_.size();
  items_.push_back({name, value});
}

void Namespace::remove(RemoteAddr name) {
  const std::size_t index = find(name);
  if (index == none) return;
  changed_ = true;
  by_address_.erase(items_[index].name);
  by_address_.erase(name);
  items_[index] = {};
}

std::vector<Variable> Namespace::take() {
  std::erase_if(items_, [](const Variable& item) { return item.name.null(); });
  return std::move(items_);
}

}  // namespace pyexc::cpython
