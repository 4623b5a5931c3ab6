#include "cpython/generators.hpp"

#include <unordered_set>

namespace pyexc::cpython {

namespace {

using State = GeneratorFacts::State;

constexpr std::uint64_t pointer_size = 8;
constexpr std::size_t max_code = 8U << 20;
constexpr std::size_t max_links = 5'000;  // coroutines that wait for one another
constexpr std::uint8_t yield_from_opcode = 72;  // YIELD_FROM, Include/opcode.h up to 3.10

// gi_frame_state, Include/internal/pycore_frame.h (pycore_interpframe.h in 3.15).
struct FrameStates {
  std::int8_t created, suspended, yield_from, yield_from_locked, executing;
};
constexpr std::int8_t unused = 127;
constexpr FrameStates states_311 = {-2, -1, unused, unused, 0};
constexpr FrameStates states_313 = {-3, -2, -1, unused, 0};
constexpr FrameStates states_315 = {0, 1, 2, 3, 4};

const FrameStates& states_of(layout::GeneratorState rule) {
  switch (rule) {
    case layout::GeneratorState::yield_from_state: return states_313;
    case layout::GeneratorState::yield_from_renumbered: return states_315;
    default: return states_311;
  }
}

}  // namespace

bool GeneratorReader::is_generator(RemoteAddr object) {
  const auto type = heap_.type_info_of(object);
  if (!type || (*type)->heap()) return false;
  const std::string_view name = (*type)->tp_name;
  return name == "generator" || name == "coroutine" || name == "async_generator";
}

Result<GeneratorFacts> GeneratorReader::read(RemoteAddr generator) {
  if (!is_generator(generator)) return fail(Error::at(Errc::invalid, generator.value(), "not a generator"));
  GeneratorFacts facts;
  facts.address = generator;
  const auto rule = heap_.traits().generator_state;
  if (rule == layout::GeneratorState::f_executing || rule == layout::GeneratorState::f_state) {
    PYEXC_CHECK(read_frame_object(generator, facts));
  } else {
    PYEXC_CHECK(read_embedded(generator, facts));
  }
  if (facts.state == State::suspended) PYEXC_CHECK(read_handling(generator, facts));
  return facts;
}

/// The value that lies `below` places under the top of a suspended frame's stack.
Result<RemoteAddr> GeneratorReader::stack_top(const FrameFacts& frame, std::int64_t below) {
  const auto& layout = heap_.layout();
  constexpr std::int64_t max_stack = 1 << 20;
  RemoteAddr top;
  if (layout.iframe.stackpointer.has()) {
    PYEXC_TRY(top, heap_.pointer(frame.iframe, layout.iframe.stackpointer));
  } else if (!frame.iframe.null()) {
    PYEXC_TRY(const auto depth, heap_.field<std::int32_t>(frame.iframe, layout.iframe.stacktop));
    if (depth < 1 || depth > max_stack) return RemoteAddr();
    top = frame.iframe + *layout.iframe.localsplus + static_cast<std::uint64_t>(depth) * pointer_size;
  } else if (layout.frame_object.f_stackdepth.has()) {
    PYEXC_TRY(const auto bottom, heap_.pointer(frame.frame_object, layout.frame_object.f_valuestack));
    PYEXC_TRY(const auto depth, heap_.field<std::int32_t>(frame.frame_object, layout.frame_object.f_stackdepth));
    if (depth < 1 || depth > max_stack) return RemoteAddr();
    top = bottom + static_cast<std::uint64_t>(depth) * pointer_size;
  } else {
    PYEXC_TRY(top, heap_.pointer(frame.frame_object, layout.frame_object.f_stacktop));
  }
  if (top.null()) return RemoteAddr();
  PYEXC_TRY(const auto value, heap_.memory().read_pointer(top - static_cast<std::uint64_t>(below) * pointer_size));
  return heap_.untag(value);
}

Result<void> GeneratorReader::read_frame_object(RemoteAddr generator, GeneratorFacts& facts) {
  const auto& layout = heap_.layout();
  PYEXC_TRY(const auto frame, heap_.pointer(generator, layout.gen.gi_frame));
  if (frame.null()) return {};
  PYEXC_TRY(facts.frame, frames_.frame_of(frame));
  bool executing = false;
  if (layout.frame_object.f_executing.has()) {
    PYEXC_TRY(const auto flag, heap_.field<std::uint8_t>(frame, layout.frame_object.f_executing));
    executing = flag != 0;
  } else {
    PYEXC_TRY(const auto state, heap_.field<std::int8_t>(frame, layout.frame_object.f_state));
    executing = state == 0;  // FRAME_EXECUTING
    if (state > 0) {
      facts.frame.reset();
      return {};
    }
  }
  facts.state = executing ? State::executing : facts.frame->lasti < 0 ? State::created : State::suspended;
  if (facts.state != State::suspended) return {};
  PYEXC_TRY(const auto code, heap_.pointer(facts.frame->code, layout.code.co_code));
  PYEXC_TRY(const auto length, heap_.var_size(code));
  const std::int64_t next = facts.frame->lasti + 2;
  if (next >= length || static_cast<std::size_t>(length) > max_code) return {};
  PYEXC_TRY(const auto opcode, heap_.byte_at(code, next));
  if (opcode != yield_from_opcode) return {};
  PYEXC_TRY(facts.awaits, stack_top(*facts.frame, 1));
  return {};
}

Result<void> GeneratorReader::read_embedded(RemoteAddr generator, GeneratorFacts& facts) {
  const auto& layout = heap_.layout();
  const auto rule = heap_.traits().generator_state;
  const FrameStates& states = states_of(rule);
  PYEXC_TRY(const auto state, heap_.field<std::int8_t>(generator, layout.gen.gi_frame_state));
  const bool delegates = state == states.yield_from || state == states.yield_from_locked;
  if (state == states.created) facts.state = State::created;
  else if (state == states.suspended || delegates) facts.state = State::suspended;
  else if (state == states.executing) facts.state = State::executing;
  else return {};
  PYEXC_TRY(facts.frame, frames_.frame_at(generator + *layout.gen.gi_iframe));
  if (facts.state != State::suspended) return {};
  if (rule == layout::GeneratorState::resume_argument) {
    // It stands on the YIELD_VALUE of a SEND loop; the RESUME behind it says what for (Lib/dis.py: 2 is after a
    // `yield from`, 3 after an `await`).
    PYEXC_TRY(const auto argument,
              heap_.memory().read<std::uint8_t>(facts.frame->code + *layout.code.co_code_adaptive +
                                                static_cast<std::uint64_t>(facts.frame->lasti) + 3));
    if ((argument & 3) < 2) return {};
  } else if (!delegates) {
    return {};
  }
  const std::int64_t below = rule == layout::GeneratorState::yield_from_renumbered ? 2 : 1;
  PYEXC_TRY(facts.awaits, stack_top(*facts.frame, below));
  return {};
}

Result<void> GeneratorReader::read_handling(RemoteAddr generator, GeneratorFacts& facts) {
  const auto& layout = heap_.layout();
  if (!layout.gen.gi_exc_state.has()) return {};
  const RemoteAddr item = generator + *layout.gen.gi_exc_state;
  ExceptionReader::Triple triple;
  PYEXC_TRY(triple.value, heap_.pointer(item, layout.exc_item.exc_value));
  if (layout.exc_item.exc_type.has()) {
    PYEXC_TRY(triple.type, heap_.pointer(item, layout.exc_item.exc_type));
    PYEXC_TRY(triple.traceback, heap_.pointer(item, layout.exc_item.exc_traceback));
    triple.has_traceback = true;
    if (triple.type.null() || heap_.is_none(triple.type)) return {};
  }
  if (triple.value.null() || heap_.is_none(triple.value)) return {};
  if (!heap_.has_flag(triple.value, type_flags::exception_subclass))
    return fail(Error::at(Errc::invalid, triple.value.value(), "a generator handles something that is no exception"));
  facts.handling = triple;
  return {};
}

Result<RemoteAddr> GeneratorReader::behind_wrapper(RemoteAddr object) {
  const auto& layout = heap_.layout();
  PYEXC_TRY(const auto* type, heap_.type_info_of(object));
  if (type->heap()) return RemoteAddr();
  const std::string_view name = type->tp_name;
  if (name == "coroutine_wrapper") return heap_.pointer(object, layout.coroutine_wrapper.cw_coroutine);
  if (name == "async_generator_asend") return heap_.pointer(object, layout.async_gen_asend.ags_gen);
  if (name == "async_generator_athrow") return heap_.pointer(object, layout.async_gen_athrow.agt_gen);
  if (name == "anext_awaitable") return heap_.pointer(object, layout.anext_awaitable.wrapped);
  return RemoteAddr();
}

Result<GeneratorReader::Chain> GeneratorReader::chain(RemoteAddr generator) {
  Chain chain;
  std::unordered_set<std::uint64_t> seen;
  for (RemoteAddr next = generator; !next.null();) {
    if (!seen.insert(next.value()).second || seen.size() > max_links) {
      chain.cut = true;
      return chain;
    }
    if (is_generator(next)) {
      auto facts = read(next);
      if (!facts) {
        if (chain.links.empty()) return fail(std::move(facts).error());
        chain.cut = true;
        return chain;
      }
      next = facts->awaits;
      chain.links.push_back(std::move(*facts));
      continue;
    }
    const auto inner = behind_wrapper(next);
    if (!inner || inner->null()) {
      chain.awaits = next;
      return chain;
    }
    next = *inner;
  }
  return chain;
}

}  // namespace pyexc::cpython
