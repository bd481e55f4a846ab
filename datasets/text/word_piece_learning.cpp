// SPDX-License-Identifier: Apache-2.0
// How a WordPiece vocabulary is learnt. Each word is a row of pieces, at first its characters. The pair of neighbours that is the most frequent in all words becomes one piece
// wherever it stands, until there are pieces enough or no pair is frequent.
#include <algorithm>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <teranga/core/utf8.hpp>
#include <teranga/sdk/error.hpp>

#include "bert_words.hpp"
#include "word_pieces.hpp"

namespace teranga::datasets {
namespace {

constexpr std::int64_t least_count = 2;
constexpr std::size_t most_letters = 1000;

using Pair = std::pair<std::int32_t, std::int32_t>;

struct PairHash {
  std::size_t operator()(const Pair& pair) const {
    const auto both = static_cast<std::uint64_t>(static_cast<std::uint32_t>(pair.first)) << 32 | static_cast<std::uint32_t>(pair.second);
    return static_cast<std::size_t>((both ^ both >> 29) * 0xbf58476d1ce4e5b9ull);
  }
};

// A pair that may be joined, and the words that had it when it was counted. A count may be out of date; it is looked up when its turn comes.
struct Candidate {
  std::int64_t count;
  Pair pair;
  std::vector<std::size_t> words;
  bool operator<(const Candidate& other) const { return count != other.count ? count < other.count : pair > other.pair; }
};

class Learner {
 public:
  Learner(std::span<const CountedWord> words, std::int64_t size) : size_(size) {
    for (const std::string_view mark : bert_marks) add(std::string(mark));
    const std::vector<std::string> letters = letters_of(words);
    for (const std::string& letter : letters) add(letter);
    cut_into_letters(words);
    if (static_cast<std::int64_t>(pieces_.size()) > size)
      throw sdk::OptionError("num_words", fmt::format("expected room for {} marks and characters of the training texts, found {}", pieces_.size(), size), fmt::format("num_words = {}", 2 * pieces_.size()));
    count_pairs();
  }

  std::vector<std::string> run() {
    while (static_cast<std::int64_t>(pieces_.size()) < size_ && !queue_.empty()) {
      Candidate best = queue_.top();
      queue_.pop();
      if (const std::int64_t now = counts_[best.pair]; best.count != now) {
        best.count = now;
        queue_.push(std::move(best));
        continue;
      }
      if (best.count < least_count) break;
      join(best);
    }
    return std::move(pieces_);
  }

 private:
  struct Word {
    std::vector<std::int32_t> pieces;
    std::int64_t count;
  };

  std::int32_t add(std::string piece) {
    const auto [at, added] = ids_.emplace(piece, static_cast<std::int32_t>(pieces_.size()));
    if (added) pieces_.push_back(std::move(piece));
    return at->second;
  }

  // The most frequent characters, in the order of their code points.
  static std::vector<std::string> letters_of(std::span<const CountedWord> words) {
    std::map<std::string, std::int64_t> counts;
    for (const CountedWord& one : words)
      for (std::size_t at = 0; at < one.word.size(); at += code_point_bytes(one.word[at])) counts[std::string(one.word.substr(at, code_point_bytes(one.word[at])))] += one.count;
    std::vector<std::pair<std::string, std::int64_t>> all(counts.begin(), counts.end());
    if (all.size() > most_letters) {
      std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
      all.resize(most_letters);
      std::sort(all.begin(), all.end());
    }
    std::vector<std::string> letters;
    for (auto& [letter, count] : all) letters.push_back(letter);
    return letters;
  }

  // Characters that are not kept are left out of the words.
  void cut_into_letters(std::span<const CountedWord> words) {
    std::map<std::string, std::int32_t> inner;
    for (const auto& letter : std::vector<std::string>(pieces_.begin() + static_cast<std::ptrdiff_t>(bert_marks.size()), pieces_.end())) inner.emplace(letter, -1);
    for (const CountedWord& one : words)
      for (std::size_t at = code_point_bytes(one.word[0]); at < one.word.size(); at += code_point_bytes(one.word[at]))
        if (const auto letter = inner.find(std::string(one.word.substr(at, code_point_bytes(one.word[at])))); letter != inner.end()) letter->second = 0;
    for (auto& [letter, id] : inner)
      if (id == 0) id = add("##" + letter);
    for (const CountedWord& one : words) {
      Word word{{}, one.count};
      for (std::size_t at = 0; at < one.word.size(); at += code_point_bytes(one.word[at])) {
        const std::string letter(one.word.substr(at, code_point_bytes(one.word[at])));
        if (const auto known = inner.find(letter); known != inner.end()) word.pieces.push_back(at == 0 ? ids_.at(letter) : known->second);
      }
      words_.push_back(std::move(word));
    }
  }

  void count_pairs() {
    std::map<Pair, std::vector<std::size_t>> places;
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::size_t i = 0; i + 1 < words_[w].pieces.size(); ++i) {
        const Pair pair{words_[w].pieces[i], words_[w].pieces[i + 1]};
        counts_[pair] += words_[w].count;
        if (std::vector<std::size_t>& in = places[pair]; in.empty() || in.back() != w) in.push_back(w);
      }
    push(places);
  }

  void push(std::map<Pair, std::vector<std::size_t>>& places) {
    for (auto& [pair, words] : places)
      if (const std::int64_t count = counts_[pair]; count > 0) queue_.push({count, pair, std::move(words)});
  }

  void join(const Candidate& best) {
    const std::string &left = pieces_[static_cast<std::size_t>(best.pair.first)], &right = pieces_[static_cast<std::size_t>(best.pair.second)];
    const std::int32_t joined = add(left + (right.starts_with("##") ? right.substr(2) : right));
    std::map<Pair, std::vector<std::size_t>> places;
    for (const std::size_t w : best.words) {
      std::vector<std::int32_t>& pieces = words_[w].pieces;
      const auto change = [&](std::int32_t a, std::int32_t b, std::int64_t by) {
        counts_[{a, b}] += by * words_[w].count;
        if (by < 0) return;
        if (std::vector<std::size_t>& in = places[{a, b}]; in.empty() || in.back() != w) in.push_back(w);
      };
      for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
        if (pieces[i] != best.pair.first || pieces[i + 1] != best.pair.second) continue;
        pieces[i] = joined;
        pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        if (i > 0) change(pieces[i - 1], best.pair.first, -1), change(pieces[i - 1], joined, 1);
        if (i + 1 < pieces.size()) change(best.pair.second, pieces[i + 1], -1), change(joined, pieces[i + 1], 1);
      }
    }
    push(places);
  }

  std::int64_t size_;
  std::vector<std::string> pieces_;
  std::unordered_map<std::string, std::int32_t> ids_;
  std::vector<Word> words_;
  std::unordered_map<Pair, std::int64_t, PairHash> counts_;
  std::priority_queue<Candidate> queue_;
};

}  // namespace

WordPieces WordPieces::learn(std::span<const CountedWord> words, std::int64_t size) {
  std::vector<CountedWord> counted;
  for (const CountedWord& one : words)
    if (one.count > 0 && !one.word.empty() && std::find(bert_marks.begin(), bert_marks.end(), one.word) == bert_marks.end()) counted.push_back(one);
  std::sort(counted.begin(), counted.end(), [](const CountedWord& a, const CountedWord& b) { return a.word < b.word; });  // so that it does not depend on the order of the texts
  return WordPieces(Learner(counted, size).run(), std::string());
}

}  // namespace teranga::datasets
