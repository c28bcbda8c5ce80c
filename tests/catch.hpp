// Catch2 3.x is a library with many headers, 2.x (Debian 12) a single header; the tests work with both.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
