// Catch2 3.x is a library with many headers, 2.x (Debian 12) a single header; the tests work with both.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#elif __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
#else
#error "Catch2, which the tests need, is missing: run `make deps`"
#endif
