// SPDX-License-Identifier: Apache-2.0
// Made by make_texts.py.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::test::golden {

inline const std::vector<std::string> documents = {"The cat sat on the mat. The cat, it SAT!", "A dog (brown) ran; a cat ran -- fast.", "Don't stop: the well-known dog's tail_wagged 42 times 42", "", "  zebra \011 yak\012\012zebra  ", "mat on the dog", "\302\240a\302\240b \303\211COLE \303\251cole l\342\200\231\303\251t\303\251\013x\014y\034z", "\303\211COLE cat a\342\200\203b"};
inline const std::vector<std::int32_t> text_vectorization_pre_pre = {
    8, 2, 9, 2, 3, 1, 6, 10, 1, 7, 11, 3, 7, 1, 2, 1, 1, 1, 12, 1,
    12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 15, 5, 0, 0, 0, 9, 8,
    2, 10, 0, 14, 4, 13, 1, 1, 1, 0, 0, 0, 0, 4, 3, 1};
inline const std::vector<std::int32_t> text_vectorization_pre_post = {
    2, 3, 6, 8, 2, 9, 2, 11, 10, 1, 7, 11, 3, 7, 1, 1, 2, 1, 1, 1,
    12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 15, 5, 0, 0, 0, 9, 8,
    2, 10, 0, 14, 4, 13, 1, 1, 1, 0, 0, 0, 0, 4, 3, 1};
inline const std::vector<std::int32_t> text_vectorization_post_pre = {
    8, 2, 9, 2, 3, 1, 6, 10, 1, 7, 11, 3, 7, 1, 2, 1, 1, 1, 12, 1,
    12, 0, 0, 0, 0, 0, 0, 0, 5, 15, 5, 0, 0, 0, 0, 9, 8, 2, 10, 0,
    0, 0, 14, 4, 13, 1, 1, 1, 0, 4, 3, 1, 0, 0, 0, 0};
inline const std::vector<std::int32_t> text_vectorization_post_post = {
    2, 3, 6, 8, 2, 9, 2, 11, 10, 1, 7, 11, 3, 7, 1, 1, 2, 1, 1, 1,
    12, 0, 0, 0, 0, 0, 0, 0, 5, 15, 5, 0, 0, 0, 0, 9, 8, 2, 10, 0,
    0, 0, 14, 4, 13, 1, 1, 1, 0, 4, 3, 1, 0, 0, 0, 0};
inline const std::vector<std::int32_t> keras_imdb_pre_pre = {
    9, 3, 10, 3, 4, 2, 7, 11, 2, 8, 12, 4, 8, 2, 3, 2, 2, 2, 13, 2,
    13, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 6, 2, 6, 0, 0, 1, 10, 9,
    3, 11, 1, 15, 5, 14, 2, 2, 2, 0, 0, 0, 1, 5, 4, 2};
inline const std::vector<std::int32_t> keras_imdb_pre_post = {
    1, 3, 4, 7, 9, 3, 10, 1, 12, 11, 2, 8, 12, 4, 1, 2, 2, 3, 2, 2,
    2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 6, 2, 6, 0, 0, 1, 10, 9,
    3, 11, 1, 15, 5, 14, 2, 2, 2, 0, 0, 0, 1, 5, 4, 2};
inline const std::vector<std::int32_t> keras_imdb_post_pre = {
    9, 3, 10, 3, 4, 2, 7, 11, 2, 8, 12, 4, 8, 2, 3, 2, 2, 2, 13, 2,
    13, 1, 0, 0, 0, 0, 0, 0, 1, 6, 2, 6, 0, 0, 0, 1, 10, 9, 3, 11,
    0, 0, 1, 15, 5, 14, 2, 2, 2, 1, 5, 4, 2, 0, 0, 0};
inline const std::vector<std::int32_t> keras_imdb_post_post = {
    1, 3, 4, 7, 9, 3, 10, 1, 12, 11, 2, 8, 12, 4, 1, 2, 2, 3, 2, 2,
    2, 1, 0, 0, 0, 0, 0, 0, 1, 6, 2, 6, 0, 0, 0, 1, 10, 9, 3, 11,
    0, 0, 1, 15, 5, 14, 2, 2, 2, 1, 5, 4, 2, 0, 0, 0};
inline const std::vector<float> bag_binary = {
    1.f, 1.f, 1.f, 0.f, 0.f, 1.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f, 1.f, 0.f,
    0.f, 0.f, 1.f, 0.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f,
    0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f, 0.f, 1.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 0.f, 1.f, 1.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f};
inline const std::vector<float> bag_count = {
    1.f, 3.f, 2.f, 0.f, 0.f, 2.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.f, 0.f, 1.f, 0.f,
    0.f, 0.f, 2.f, 0.f, 0.f, 1.f, 2.f, 0.f, 0.f, 0.f, 0.f, 0.f, 6.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 2.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 0.f,
    0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.f, 0.f, 0.f, 1.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 0.f, 1.f, 1.f, 0.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f};
inline const std::vector<float> bag_tf_idf = {
    1.45861995f, 3.29583693f, 2.19722462f, 0.f, 0.f, 3.21887589f, 0.f, 1.29928303f, 1.29928303f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.9172399f, 0.f, 1.09861231f, 0.f,
    0.f, 0.f, 3.21887589f, 0.f, 0.f, 1.29928303f, 3.21887589f, 0.f, 0.f, 0.f, 0.f, 0.f, 8.75171947f, 1.09861231f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 3.21887589f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 3.21887589f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.60943794f, 0.f,
    0.f, 1.09861231f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.29928303f, 1.29928303f, 1.29928303f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 2.9172399f, 0.f, 0.f, 1.29928303f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 1.60943794f, 1.60943794f, 0.f, 1.60943794f, 1.45861995f, 0.f, 1.09861231f, 1.29928303f, 0.f, 0.f, 0.f, 0.f,
    0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f};
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
