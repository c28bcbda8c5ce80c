// The names of an enum's values, in a list in their order.
#pragma once
#include <cstddef>
#include <string_view>

namespace rhm {

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const std::string_view (&names)[N]) {
    return names[std::size_t(value)];
}
/// The value of a name, the first one when there is none of that name.
template <class Enum, std::size_t N>
Enum value_of(std::string_view name, const std::string_view (&names)[N]) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return Enum(i);
    return Enum{};
}

}  // namespace rhm
