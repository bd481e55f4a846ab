// SPDX-License-Identifier: Apache-2.0
#include "heartbeats.hpp"

#include <cerrno>
#include <cstring>
#include <random>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>

namespace teranga {
namespace {

using boost::asio::ip::udp;

constexpr std::size_t most_text = 900;  // a message fits into one packet of any network
constexpr int most_unanswered = 5;             // messages without an answer, after which all addresses are tried again

struct Header {
  std::uint32_t magic = 0x54524742;  // of this form; another version of the program is not part of the group
  Heartbeats::Kind kind = Heartbeats::Kind::beat;
  std::uint64_t key = 0;
  std::int32_t rank = 0;
  std::uint32_t text_bytes = 0;
  RankState state;
};

// Those of the network, and the loopback, which serves ranks on the same machine.
std::vector<std::uint32_t> own_addresses() {
  std::vector<std::uint32_t> out;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return out;
  for (const ifaddrs* one = all; one; one = one->ifa_next)
    if (one->ifa_addr && one->ifa_addr->sa_family == AF_INET) out.push_back(ntohl(reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr.s_addr));
  ::freeifaddrs(all);
  return out;
}

}  // namespace

Heartbeats::Heartbeats(boost::asio::io_context& context) : socket_(context), buffer_(sizeof(Header) + most_text) {
  boost::system::error_code error;
  socket_.open(udp::v4(), error);
  if (!error) socket_.bind(udp::endpoint(udp::v4(), 0), error);
  if (!error) socket_.non_blocking(true, error);
  if (error) socket_.close(error);
}

std::string Heartbeats::address() const {
  boost::system::error_code error;
  const auto port = socket_.is_open() ? socket_.local_endpoint(error).port() : 0;
  std::string out = std::to_string(port);
  for (const std::uint32_t address : own_addresses()) out += ":" + std::to_string(address);
  return out;
}

void Heartbeats::meet(int rank, std::uint64_t key, const std::vector<std::string>& addresses, Heard heard) {
  rank_ = rank, key_ = key, heard_ = std::move(heard);
  for (const std::string& text : addresses) {
    Peer& peer = peers_.emplace_back();
    std::istringstream in(text);
    std::string part;
    std::getline(in, part, ':');
    const auto port = static_cast<unsigned short>(std::strtoul(part.c_str(), nullptr, 10));
    while (port != 0 && std::getline(in, part, ':')) peer.places.emplace_back(boost::asio::ip::address_v4(static_cast<std::uint32_t>(std::strtoul(part.c_str(), nullptr, 10))), port);
  }
  if (socket_.is_open()) listen();
}

void Heartbeats::listen() {
  socket_.async_receive_from(boost::asio::buffer(buffer_), from_, [this](const boost::system::error_code& error, std::size_t bytes) {
    if (error == boost::asio::error::operation_aborted) return;
    try {
      if (!error) take(bytes);
    } catch (const std::exception&) {  // no memory for this message
    }
    listen();  // an error is that of a message that was sent: nobody listened there
  });
}

void Heartbeats::take(std::size_t bytes) {
  Header header;
  if (bytes < sizeof(header)) return;
  std::memcpy(&header, buffer_.data(), sizeof(header));
  if (header.magic != Header{}.magic || header.key != key_ || header.rank < 0 || static_cast<std::size_t>(header.rank) >= peers_.size() || header.text_bytes != bytes - sizeof(header)) return;
  Peer& peer = peers_[static_cast<std::size_t>(header.rank)];
  peer.found = from_;
  peer.is_found = true;
  peer.unanswered = 0;
  heard_(header.rank, header.kind, header.state, std::string(buffer_.data() + sizeof(header), header.text_bytes));
}

void Heartbeats::send(int to, Kind kind, const RankState& state, const std::string& text) {
  if (!socket_.is_open() || static_cast<std::size_t>(to) >= peers_.size()) return;
  Header header;
  header.kind = kind;
  header.key = key_;
  header.rank = rank_;
  header.state = state;
  const std::string sent = text.substr(0, most_text);
  header.text_bytes = static_cast<std::uint32_t>(sent.size());
  const std::array<boost::asio::const_buffer, 2> message = {boost::asio::buffer(&header, sizeof(header)), boost::asio::buffer(sent)};
  Peer& peer = peers_[static_cast<std::size_t>(to)];
  if (peer.is_found && ++peer.unanswered > most_unanswered) peer.is_found = false;
  boost::system::error_code ignored;
  if (peer.is_found) socket_.send_to(message, peer.found, 0, ignored);
  else
    for (const Endpoint& place : peer.places) socket_.send_to(message, place, 0, ignored);
}

// A host that lives refuses a connection at once, or takes it.
bool Heartbeats::host_answers(int rank) const {
  const Peer& peer = peers_[static_cast<std::size_t>(rank)];
  std::vector<pollfd> tries;
  bool answered = false;
  for (const Endpoint& place : peer.places) {
    if (place.address().is_loopback()) continue;
    const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (one < 0) continue;
    const int code = ::connect(one, place.data(), static_cast<socklen_t>(place.size())) == 0 ? 0 : errno;
    tries.push_back({code == EINPROGRESS ? one : -1, POLLOUT, 0});
    answered = answered || code == 0 || code == ECONNREFUSED;
    if (code != EINPROGRESS) ::close(one);
  }
  constexpr int patience_ms = 2000;
  if (!answered && ::poll(tries.data(), tries.size(), patience_ms) > 0)
    for (const pollfd& one : tries) {
      int code = EINPROGRESS;
      socklen_t size = sizeof(code);
      if (one.revents) ::getsockopt(one.fd, SOL_SOCKET, SO_ERROR, &code, &size);
      answered = answered || code == 0 || code == ECONNREFUSED;
    }
  for (const pollfd& one : tries)
    if (one.fd >= 0) ::close(one.fd);
  return answered;
}

void Heartbeats::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::uint64_t new_key() {
  std::random_device source;
  return static_cast<std::uint64_t>(source()) << 32 | source();
}

}  // namespace teranga
