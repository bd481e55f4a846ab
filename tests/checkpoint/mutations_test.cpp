// SPDX-License-Identifier: Apache-2.0
// HDF5 files with a few wrong bytes, of which libhdf5 itself crashes, loops for ever or fills the memory: whatever it does, the caller gets tensors or an
// Error. The seed is fixed; test_checkpoint_mutations -- COUNT [FILE ...] makes COUNT mutations, of these files too.
#include <hdf5.h>
#include <sys/resource.h>
#include <teranga/checkpoint/weights.hpp>
#include <teranga/h5/file.hpp>
#include <teranga/h5/walk.hpp>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <random>

#include "envelope.hpp"
#include "sample.hpp"

using namespace sample;

namespace {

// As h5py writes Keras's weights: groups in HDF5's old form, texts of variable length as attributes.
void write_old_form(const std::string& path) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t text = H5Tcopy(H5T_C_S1), scalar = H5Screate(H5S_SCALAR);
  H5Tset_size(text, H5T_VARIABLE);
  H5Tset_cset(text, H5T_CSET_UTF8);
  const std::vector<float> values(40, 0.5F);
  H5Gclose(H5Gcreate2(file, "layers", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  for (int layer = 0; layer < 12; ++layer) {
    const std::string name = "layers/dense_" + std::to_string(layer), vars = name + "/vars";
    H5Gclose(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    const hid_t group = H5Gcreate2(file, vars.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t attribute = H5Acreate2(group, "name", text, scalar, H5P_DEFAULT, H5P_DEFAULT);
    const char* own = name.c_str();
    H5Awrite(attribute, text, &own);
    H5Aclose(attribute);
    const hsize_t extents[] = {8, 5};
    for (const hsize_t rank : {2, 1}) {
      const hid_t space = H5Screate_simple(static_cast<int>(rank), extents, nullptr);
      const hid_t set = H5Dcreate2(group, rank == 2 ? "0" : "1", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dclose(set);
      H5Sclose(space);
    }
    H5Gclose(group);
  }
  H5Sclose(scalar);
  H5Tclose(text);
  H5Fclose(file);
}

// Packed in chunks, as data are kept.
void write_packed(const std::string& path) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t extents[] = {600, 10}, chunk[] = {64, 10};
  std::vector<std::int32_t> values(6000);
  std::iota(values.begin(), values.end(), 0);
  for (const char* name : {"x", "y"}) {
    const hid_t space = H5Screate_simple(2, extents, nullptr), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, chunk);
    H5Pset_shuffle(list);
    H5Pset_deflate(list, 6);
    H5Pset_fletcher32(list);
    const hid_t set = H5Dcreate2(file, name, H5T_STD_I32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(set);
    H5Pclose(list);
    H5Sclose(space);
  }
  H5Fclose(file);
}

void read_all(const h5::File& file, h5::Walk& walk, const std::string& group) {
  file.attributes(group);
  for (const h5::Child& child : file.list(group)) {
    const std::string path = group + "/" + child.name;
    walk.meet(path, child);
    if (child.kind == h5::Kind::group) {
      read_all(file, walk, path);
    } else {
      Tensor values(static_cast<ElementType>(child.type), child.shape);
      file.read(path, child.type, values.data(), values.bytes());
    }
  }
}

void read_data(const std::string& path) {
  const h5::File file = h5::File::open(path);
  h5::Walk walk(file, h5::Walk::Packed::taken);
  read_all(file, walk, "");
}

// A forger makes the hash anew.
std::string sealed(std::string bytes) {
  checkpoint::Seal seal;
  seal.add(std::as_bytes(std::span(bytes)));
  const auto envelope = seal.envelope();
  std::copy(envelope.begin(), envelope.end(), bytes.begin());
  return bytes;
}

using Places = std::vector<std::pair<std::size_t, std::size_t>>;  // from, to

// Where plain numbers lie: any bytes are right there.
void add_numbers(const h5::File& file, const std::string& group, Places& to) {
  for (const h5::Child& child : file.list(group)) {
    const std::string path = group + "/" + child.name;
    if (child.kind == h5::Kind::group) add_numbers(file, path, to);
    if (child.place == 0) continue;
    const std::size_t from = child.place;
    to.emplace_back(from, from + static_cast<std::size_t>(element_count(child.shape)) * h5::size_of(child.type));
  }
}

std::string mutated(const std::string& original, std::size_t first, const Places& numbers, std::mt19937& random) {
  std::string bytes = original;
  const auto place = [&](std::size_t end) {
    for (;;) {
      const std::size_t at = std::uniform_int_distribution<std::size_t>(first, end - 1)(random);
      if (std::none_of(numbers.begin(), numbers.end(), [&](const auto& range) { return at >= range.first && at < range.second; })) return at;
    }
  };
  const auto flip = [&] {
    const std::size_t at = place(bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
  };
  switch (random() % 9) {
    case 0: bytes[place(bytes.size())] = static_cast<char>(random()); break;
    case 1: {  // one address or size becomes another
      const std::size_t from = place(bytes.size() - 8) / 8 * 8, to = place(bytes.size() - 8) / 8 * 8;
      bytes.replace(to, 8, original.substr(from, 8));
      break;
    }
    case 2: {
      const std::size_t at = place(bytes.size() - 8);
      bytes.replace(at, 1 + random() % 8, 1 + random() % 8, random() % 2 ? '\xff' : '\0');
      bytes.resize(original.size());
      break;
    }
    default: flip(); break;  // two thirds are single bits
  }
  return bytes;
}

struct Subject {
  std::string name, bytes;
  std::size_t first;  // byte that may change
  std::function<void(const std::string&)> read;
  bool is_sealed;
  Places numbers = {};
};

std::vector<Subject> subjects(const Folder& folder) {
  const std::string old_form = folder.file("old.weights.h5"), packed = folder.file("packed.h5");
  write_old_form(old_form);
  write_packed(packed);
  const std::string saved = checkpoint::write(folder.path, snapshot(5), 2);
  const auto weights = [](const std::string& path) { checkpoint::read_weights_file(path); };
  const auto generation = [](const std::string& path) { checkpoint::read(path); };
  std::vector<Subject> all{{"old form", bytes_of(old_form), 0, weights, false}, {"packed", bytes_of(packed), 0, read_data, false},
                           {"checkpoint", bytes_of(saved), checkpoint::envelope_size, generation, true}};
  const auto& suite = boost::unit_test::framework::master_test_suite();
  for (int i = 2; i < suite.argc; ++i) {
    const std::string bytes = bytes_of(suite.argv[i]);
    const bool is_checkpoint = checkpoint::has_envelope(suite.argv[i]);
    all.push_back({suite.argv[i], bytes, is_checkpoint ? checkpoint::envelope_size : 0, is_checkpoint ? std::function(generation) : std::function(read_data), is_checkpoint});
  }
  return all;
}

// Of this process and of those that it has started and that have ended.
double seconds_of_computing() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    for (const timeval& time : {used.ru_utime, used.ru_stime}) sum += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  }
  return sum;
}

long peak_mib(int who) {
  rusage used{};
  ::getrusage(who, &used);
  return used.ru_maxrss >> 10;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_mutated_file_gives_tensors_or_an_error_and_nothing_else) {
  const Folder folder;
  std::vector<Subject> all = subjects(folder);
  const auto& suite = boost::unit_test::framework::master_test_suite();
  const int count = suite.argc > 1 ? std::atoi(suite.argv[1]) : 240;
  for (Subject& subject : all) {
    const std::string whole = folder.file("whole.h5");
    put(whole, subject.bytes);
    subject.read(whole);
    add_numbers(h5::File::open(whole), "", subject.numbers);
  }
  std::mt19937 random(20);
  std::map<std::string, int> outcomes;
  double longest = 0;
  const std::string path = folder.file("mutated.h5");
  for (int round = 0; round < count; ++round) {
    const Subject& subject = all[static_cast<std::size_t>(round) % all.size()];
    std::string bytes = mutated(subject.bytes, subject.first, subject.numbers, random);
    put(path, subject.is_sealed ? sealed(std::move(bytes)) : bytes);
    const double before = seconds_of_computing();
    std::string outcome = "read";
    try {
      subject.read(path);
    } catch (const Error& error) {
      const std::string text = error.what();
      const std::size_t ended = text.find("ended with signal");
      outcome = ended != std::string::npos ? text.substr(ended, 20) : has(text, "no end that is found") ? "no end" : "refused";
      BOOST_TEST_REQUIRE((error.code() == ExitCode::data), subject.name << ", round " << round << ": " << text);
    }
    ++outcomes[outcome];
    longest = std::max(longest, seconds_of_computing() - before);
  }
  for (const auto& [outcome, times] : outcomes) std::cout << outcome << ": " << times << "\n";
  std::cout << "longest " << longest << " s of computing, peaks " << peak_mib(RUSAGE_SELF) << " MiB here, " << peak_mib(RUSAGE_CHILDREN) << " MiB in a reading process\n";
  BOOST_TEST(longest < 4);  // of computing, whatever else the machine does
  BOOST_TEST(outcomes["read"] > 0);
  BOOST_TEST(outcomes["refused"] > 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  BOOST_TEST(peak_mib(RUSAGE_SELF) < 256);
  BOOST_TEST(peak_mib(RUSAGE_CHILDREN) < 256);
#endif
}
