// SPDX-License-Identifier: Apache-2.0
#include "trial_instance.hpp"

#include "item_tables.hpp"

#include <string_view>
#include <utility>

namespace teranga::conformance {

bool borrows(const Subject& subject) {
  for (std::size_t i = 0; i < subject.item->option_count; ++i) {
    const trg_option_spec& spec = spec_at(*subject.item, i);
    if (spec.kind == TRG_COMPONENT && spec.component_kind && (std::string_view(spec.component_kind) == "activation" || std::string_view(spec.component_kind) == "layer")) return true;
  }
  return false;
}

TrialInstance::TrialInstance(const Subject& subject, const Options& options)
    : calls_(static_cast<const LifeCalls*>(subject.item->calls)), options_(std::make_unique<host::OptionTree>(options)), record_(std::make_unique<ErrorRecord>()) {
  std::optional<host::LendActivations> lent;
  if (borrows(subject)) lent.emplace(subject.registry());
  const Call call("create");
  status_ = calls_->create(options_->native(), &self_, record_->native());
}

TrialInstance::TrialInstance(TrialInstance&& other) noexcept
    : calls_(other.calls_), options_(std::move(other.options_)), record_(std::move(other.record_)), status_(other.status_), self_(std::exchange(other.self_, nullptr)) {}

TrialInstance::~TrialInstance() {
  if (status_ != TRG_OK || !self_) return;
  const Call call("destroy");
  calls_->destroy(self_);
}

}  // namespace teranga::conformance
