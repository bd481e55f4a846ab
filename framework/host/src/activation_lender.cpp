// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/activation_lender.hpp>

#include <teranga/host/instance.hpp>
#include <teranga/sdk/error.hpp>

#include <map>
#include <string>
#include <utility>

namespace teranga::host {
namespace {

thread_local const Registry* lending = nullptr;

// By plugin and options: activations have no state, so that all who ask for the same get the same one. Never destroyed: layers hold on to what was lent to them for as long as they live.
std::map<std::pair<const trg_item*, std::string>, Activation>& lent() {
  static auto* all = new std::map<std::pair<const trg_item*, std::string>, Activation>;
  return *all;
}

std::int32_t status_of(const Error& error) noexcept { return error.code() == ExitCode::usage ? TRG_BAD_OPTION : TRG_FAILED; }

std::int32_t lend(const trg_value* component, const trg_activation_calls** calls, void** activation, trg_error* error) {
  try {
    if (!lending) throw Error(ExitCode::plugin, "activations are lent only while a layer is created");
    const Value value = to_value(*component);
    const auto& named = value.as<Value::Component>();
    const Item& item = lending->need(Kind::activation, named.type);
    const Activation& given = lent().try_emplace({item.native, to_toml(value)}, item, named.options).first->second;
    *calls = &given.calls();
    *activation = given.self();
    return TRG_OK;
  } catch (const Error& failure) {
    return sdk::detail::report(error, status_of(failure), failure.what(), "activation", failure.hint());
  } catch (const std::exception& failure) {
    return sdk::detail::report(error, TRG_FAILED, failure.what(), "activation");
  }
}

}  // namespace

const trg_activation_lender& activation_lender() noexcept {
  static const trg_activation_lender lender = {sizeof(trg_activation_lender), lend};
  return lender;
}

LendActivations::LendActivations(const Registry& registry) noexcept : before_(lending) { lending = &registry; }
LendActivations::~LendActivations() { lending = before_; }

}  // namespace teranga::host
