// Dense row-major matrices: Matrix owns its numbers, View borrows them.
#pragma once
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

#include "base/real.hpp"

namespace rhm {

/// A borrowed matrix of `rows` x `cols`; row i starts at data + i * stride (stride >= cols, counted in
/// numbers).
template <class T>
struct ViewOf {
    T* data = nullptr;
    std::size_t rows = 0, cols = 0, stride = 0;

    T* row(std::size_t i) const { return data + i * stride; }
    T& operator()(std::size_t i, std::size_t j) const { return data[i * stride + j]; }
    bool empty() const { return rows == 0 || cols == 0; }
    std::size_t size() const { return rows * cols; }

    /// The block of `r` x `c` whose first element is (i, j).
    ViewOf block(std::size_t i, std::size_t j, std::size_t r, std::size_t c) const {
        return {data + i * stride + j, r, c, stride};
    }
    ViewOf rows_from(std::size_t i, std::size_t r) const { return block(i, 0, r, cols); }
    /// The same numbers in rows of `c`, for a view without gaps.
    ViewOf in_rows(std::size_t c) const { return {data, size() / c, c, c}; }

    operator ViewOf<const T>() const { return {data, rows, cols, stride}; }
};

/// An owned matrix, 64-byte aligned. resize() keeps the memory when it is large enough, so that a training
/// step does not allocate; the contents after a resize are unspecified.
template <class T>
class MatrixOf {
public:
    MatrixOf() = default;
    MatrixOf(std::size_t rows, std::size_t cols) {
        resize(rows, cols);
        fill(T(0));
    }
    MatrixOf(MatrixOf&&) noexcept = default;
    MatrixOf& operator=(MatrixOf&&) noexcept = default;
    MatrixOf(const MatrixOf& other) { *this = other; }
    MatrixOf& operator=(const MatrixOf& other) {
        if (this == &other) return *this;
        resize(other.rows_, other.cols_);
        if (size()) std::memcpy(data(), other.data(), size() * sizeof(T));
        return *this;
    }

    void resize(std::size_t rows, std::size_t cols) {
        rows_ = rows;
        cols_ = cols;
        if (rows * cols <= capacity_) return;
        capacity_ = rows * cols;
        data_.reset(static_cast<T*>(::operator new(capacity_ * sizeof(T), std::align_val_t(64))));
    }
    void fill(T value) {
        for (std::size_t i = 0; i < size(); ++i) data_.get()[i] = value;
    }

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    std::size_t size() const { return rows_ * cols_; }
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    T& operator()(std::size_t i, std::size_t j) { return data_.get()[i * cols_ + j]; }
    T operator()(std::size_t i, std::size_t j) const { return data_.get()[i * cols_ + j]; }

    ViewOf<T> view() { return {data(), rows_, cols_, cols_}; }
    ViewOf<const T> view() const { return {data(), rows_, cols_, cols_}; }
    operator ViewOf<T>() { return view(); }
    operator ViewOf<const T>() const { return view(); }

    /// The same numbers read as `rows` x `cols`; rows * cols must equal size().
    ViewOf<T> reshape(std::size_t rows, std::size_t cols) { return {data(), rows, cols, cols}; }

private:
    struct Free {
        void operator()(T* p) const { ::operator delete(p, std::align_val_t(64)); }
    };
    static_assert(std::is_trivially_copyable_v<T>);
    std::unique_ptr<T, Free> data_;
    std::size_t rows_ = 0, cols_ = 0, capacity_ = 0;
};

using View = ViewOf<real>;
using ConstView = ViewOf<const real>;
using Matrix = MatrixOf<real>;
/// Numbers that are reported: in double whatever networks are made of.
using Table = MatrixOf<double>;

}  // namespace rhm
