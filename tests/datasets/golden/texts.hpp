// SPDX-License-Identifier: Apache-2.0
// Made by make_texts.py.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::test::golden {

inline const std::vector<std::string> documents = {"The cat sat on the mat. The cat, it SAT!", "A dog (brown) ran; a cat ran -- fast.", "Don't stop: the well-known dog's tail_wagged 42 times 42", "", "  zebra \t yak\n\nzebra  ", "mat on the dog"};
inline const std::vector<std::int32_t> keras_imdb_pre_pre = {
    8, 3, 9, 3, 4, 2, 6, 10, 2, 7, 11, 4, 7, 2, 3, 2, 2, 2, 2, 2,
    2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 2, 5, 0, 0, 1, 9, 8,
    3, 10};
inline const std::vector<std::int32_t> keras_imdb_pre_post = {
    1, 3, 4, 6, 8, 3, 9, 1, 11, 10, 2, 7, 11, 4, 1, 2, 2, 3, 2, 2,
    2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 5, 2, 5, 0, 0, 1, 9, 8,
    3, 10};
inline const std::vector<std::int32_t> keras_imdb_post_pre = {
    8, 3, 9, 3, 4, 2, 6, 10, 2, 7, 11, 4, 7, 2, 3, 2, 2, 2, 2, 2,
    2, 1, 0, 0, 0, 0, 0, 0, 1, 5, 2, 5, 0, 0, 0, 1, 9, 8, 3, 10,
    0, 0};
inline const std::vector<std::int32_t> keras_imdb_post_post = {
    1, 3, 4, 6, 8, 3, 9, 1, 11, 10, 2, 7, 11, 4, 1, 2, 2, 3, 2, 2,
    2, 1, 0, 0, 0, 0, 0, 0, 1, 5, 2, 5, 0, 0, 0, 1, 9, 8, 3, 10,
    0, 0};
inline const std::vector<std::int32_t> text_vectorization_pre_pre = {
    7, 2, 8, 2, 3, 1, 5, 9, 1, 6, 10, 3, 6, 1, 2, 1, 1, 1, 11, 1,
    11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 4, 0, 0, 0, 8, 7,
    2, 9};
inline const std::vector<std::int32_t> text_vectorization_pre_post = {
    2, 3, 5, 7, 2, 8, 2, 10, 9, 1, 6, 10, 3, 6, 1, 1, 2, 1, 1, 1,
    11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 4, 0, 0, 0, 8, 7,
    2, 9};
inline const std::vector<std::int32_t> text_vectorization_post_pre = {
    7, 2, 8, 2, 3, 1, 5, 9, 1, 6, 10, 3, 6, 1, 2, 1, 1, 1, 11, 1,
    11, 0, 0, 0, 0, 0, 0, 0, 4, 1, 4, 0, 0, 0, 0, 8, 7, 2, 9, 0,
    0, 0};
inline const std::vector<std::int32_t> text_vectorization_post_post = {
    2, 3, 5, 7, 2, 8, 2, 10, 9, 1, 6, 10, 3, 6, 1, 1, 2, 1, 1, 1,
    11, 0, 0, 0, 0, 0, 0, 0, 4, 1, 4, 0, 0, 0, 0, 8, 7, 2, 9, 0,
    0, 0};
inline const std::vector<float> bag_binary = {
    1.f, 1.f, 1.f, 0.f, 1.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f, 1.f, 0.f, 0.f, 1.f, 0.f, 0.f,
    1.f, 1.f, 0.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f,
    0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 1.f, 0.f, 0.f, 0.f};
inline const std::vector<float> bag_count = {
    1.f, 3.f, 2.f, 0.f, 2.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 2.f, 0.f, 1.f, 0.f, 0.f, 2.f, 0.f, 0.f,
    1.f, 2.f, 0.f, 0.f, 6.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f,
    0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 1.f, 0.f, 0.f, 0.f};
inline const std::vector<float> bag_tf_idf = {
    1.23895514f, 2.74887228f, 2.19722462f, 0.f, 2.77258873f, 0.f, 1.09861231f, 1.09861231f, 0.f, 0.f, 0.f, 0.f, 2.47791028f, 0.f, 1.09861231f, 0.f, 0.f, 2.77258873f, 0.f, 0.f,
    1.09861231f, 2.77258873f, 0.f, 0.f, 7.43373108f, 0.91629076f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.77258873f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.77258873f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.38629436f,
    0.f, 0.91629076f, 0.f, 0.f, 0.f, 0.f, 1.09861231f, 1.09861231f, 1.09861231f, 0.f, 0.f, 0.f};
inline const std::vector<std::int32_t> imdb_20_train = {
    1, 4, 8, 12, 2, 5, 0, 0, 0, 0, 1, 10, 0, 1, 7, 7, 2, 11, 0, 0,
    0, 0, 0, 1, 2, 2, 2, 2, 2, 2};
inline const std::vector<std::int32_t> imdb_20_test = {
    1, 6, 5, 4, 0, 0, 1, 14, 9, 0, 0, 0};
inline const std::vector<std::int32_t> imdb_all_train = {
    1, 4, 8, 12, 303, 5, 0, 0, 0, 0, 1, 10, 0, 1, 7, 7, 2, 11, 0, 0,
    0, 0, 0, 1};
inline const std::vector<std::int32_t> imdb_bare_train = {
    0, 0, 1, 5, 9, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 4, 4, 8, 0, 0,
    0, 0, 0, 0, 14, 15, 16, 17, 18, 19};

}  // namespace teranga::test::golden
