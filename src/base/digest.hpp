// A short name for a content: equal contents have equal digests, and contents that differ by chance do not.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rhm {

/// FNV-1a with 64 bits.
class Digest {
public:
    void add(std::string_view bytes) {
        for (char c : bytes) value_ = (value_ ^ std::uint8_t(c)) * 0x100000001b3u;
    }
    template <class T>
    void add(std::span<const T> numbers) {
        add(std::string_view(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()));
    }
    std::string text() const {  // 16 hexadecimal digits
        std::string out;
        for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value_ >> shift & 15];
        return out;
    }

private:
    std::uint64_t value_ = 0xcbf29ce484222325u;
};

/// Of one text.
inline std::string digest_of(std::string_view bytes) {
    Digest digest;
    digest.add(bytes);
    return digest.text();
}
/// Of numbers.
template <class T>
std::string digest_of(std::span<const T> numbers) {
    Digest digest;
    digest.add(numbers);
    return digest.text();
}

}  // namespace rhm
