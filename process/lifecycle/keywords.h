// The words that stand for enumerators in life cycles.
#pragma once

#include <string_view>

#include "definition/words.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

inline constexpr Words<StateKind, 3> kStateKinds = {
    {{"open", StateKind::kOpen}, {"waiting", StateKind::kWaiting}, {"done", StateKind::kDone}}};

inline constexpr Words<InputType, 9> kInputTypes = {{{"text", InputType::kText},
                                                     {"integer", InputType::kInteger},
                                                     {"decimal", InputType::kDecimal},
                                                     {"boolean", InputType::kBoolean},
                                                     {"timestamp", InputType::kTimestamp},
                                                     {"date", InputType::kDate},
                                                     {"duration", InputType::kDuration},
                                                     {"enum", InputType::kEnum},
                                                     {"key", InputType::kKey}}};

// The key that says which effect it is.
inline constexpr Words<EffectKind, 9> kEffects = {
    {{"create", EffectKind::kCreate},
     {"link", EffectKind::kLink},
     {"unlink", EffectKind::kUnlink},
     {"notify", EffectKind::kNotify},
     {"ask_approval", EffectKind::kAskApproval},
     {"withdraw_approval", EffectKind::kWithdrawApproval},
     {"fire", EffectKind::kFire},
     {"plan", EffectKind::kPlan},
     {"baseline", EffectKind::kBaseline}}};

}  // namespace kosei::process
