// Denormals, floats below 1.2e-38, cost a processor up to a hundred times as much as other numbers, and the
// weights and signals of layers that have fallen silent are full of them.
#pragma once
#include <cstdint>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace rhm {

/// While it lives, this thread, in the functions that it calls, reads and writes 0 in their place (or, not
/// wanted, does not): FTZ and DAZ of x86, FZ of aarch64; elsewhere nothing changes.
class NoDenormals {
public:
    explicit NoDenormals(bool wanted = true) : before_(mode()) {
        set(wanted ? before_ | kZero : before_ & ~kZero);
    }
    ~NoDenormals() { set(before_); }
    NoDenormals(const NoDenormals&) = delete;
    NoDenormals& operator=(const NoDenormals&) = delete;

    static bool on() { return (mode() & kZero) != 0; }

private:
#if defined(__SSE2__)
    static constexpr std::uint32_t kZero = 0x8040;
    static std::uint32_t mode() { return _mm_getcsr(); }
    static void set(std::uint32_t mode) {
        asm volatile("" : : : "memory");  // what was computed before is
        _mm_setcsr(mode);
        asm volatile("" : : : "memory");
    }
    std::uint32_t before_;
#elif defined(__aarch64__)
    static constexpr std::uint64_t kZero = 1 << 24;
    static std::uint64_t mode() {
        std::uint64_t mode;
        asm volatile("mrs %0, fpcr" : "=r"(mode));
        return mode;
    }
    static void set(std::uint64_t mode) { asm volatile("msr fpcr, %0" : : "r"(mode) : "memory"); }
    std::uint64_t before_;
#else
    static constexpr int kZero = 0;
    static int mode() { return 0; }
    static void set(int) {}
    int before_;
#endif
};

}  // namespace rhm
