// SPDX-License-Identifier: Apache-2.0
// Texts through the border: what a data set offers arrives, and what makes no sense is refused.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/data/tokens.hpp>

#include "counting_dataset.hpp"

namespace {

using namespace teranga;
using Ids = std::vector<std::int32_t>;

// Letters by their place in the alphabet.
struct Letters : test::Counting {
  using Counting::Counting;
  std::vector<sdk::TokenField> told = {{.field = 0, .role = TRG_TEXT_SO_FAR, .ids = 27, .steps = 6, .padding = 0, .first = 1, .between = "-"}};
  std::int64_t last = 2;

  std::vector<sdk::TokenField> token_fields() const { return told; }
  Ids encode(std::int32_t, std::string_view text) const {
    Ids ids;
    for (const char c : text) ids.push_back(c - 'a' + 1);
    return ids;
  }
  std::string decode(std::int32_t, std::span<const std::int32_t> ids) const {
    std::string text;
    for (const std::int32_t id : ids) {
      if (id > 26) throw sdk::DataError("", "no such letter");
      text += static_cast<char>('a' + id - 1);
    }
    return text;
  }
  std::int64_t lay(std::int32_t, std::span<const std::int32_t> ids, void* to) const {
    std::copy(ids.begin(), ids.end(), static_cast<float*>(to));
    return last;
  }
};

data::Source source_of(const std::shared_ptr<Letters>& letters) { return data::Source("letters", sdk::detail::DatasetAdapter<Letters>::calls, letters); }

template <class F>
std::string refused(F&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_data_set_without_texts_offers_none) {
  BOOST_TEST(!data::Tokens::of(test::source_of(std::make_shared<test::Counting>(3))).has_value());
  trg_dataset_calls old = sdk::detail::DatasetAdapter<Letters>::calls;
  old.extension = nullptr;
  const data::Source source("letters", old, std::make_shared<Letters>(3));
  BOOST_TEST(!data::Tokens::of(source).has_value());
}

BOOST_AUTO_TEST_CASE(facts_ids_and_texts_cross_the_border) {
  const data::Source source = source_of(std::make_shared<Letters>(3));
  const auto tokens = data::Tokens::of(source);
  BOOST_REQUIRE(tokens.has_value());
  BOOST_TEST(tokens->field(data::TokenRole::source) == nullptr);
  const data::TokenField& field = *tokens->field(data::TokenRole::so_far);
  BOOST_TEST((field.ids == 27 && field.steps == 6 && field.padding == 0 && field.unknown == -1 && field.first == 1));
  BOOST_TEST(field.between == "-");
  const Ids ids = tokens->encode(field, "cab");
  BOOST_TEST((ids == Ids{3, 1, 2}));
  BOOST_TEST(tokens->decode(field, ids) == "cab");
  float sample[6] = {};
  BOOST_TEST(tokens->lay(field, ids, sample) == 2);
  BOOST_TEST(sample[0] == 3.0F);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  const auto letters = std::make_shared<Letters>(3);
  const data::Source source = source_of(letters);
  const auto tokens = data::Tokens::of(source);
  const data::TokenField& field = tokens->fields()[0];
  BOOST_TEST(refused([&] { tokens->encode(field, "A"); }) == "data set \"letters\": what it makes of a text makes no sense");
  BOOST_TEST(refused([&] { tokens->decode(field, Ids{27}); }) == "data set \"letters\": no such letter");
  float sample[6] = {};
  letters->last = 6;
  BOOST_TEST(refused([&] { tokens->lay(field, Ids{1}, sample); }).find("the step 6 of 6") != std::string::npos);
  letters->told[0].end = 27;
  BOOST_TEST(refused([&] { data::Tokens::of(source); }).find("the special id 27 of 27 ids") != std::string::npos);
  letters->told[0] = {.field = 1, .ids = 27, .steps = 6};  // the target
  BOOST_TEST(refused([&] { data::Tokens::of(source); }).find("description of tokens") != std::string::npos);
  letters->told[0] = {.field = 7, .ids = 27, .steps = 6};
  BOOST_TEST(refused([&] { data::Tokens::of(source); }).find("description of tokens") != std::string::npos);
}
