// Saturation: a fleet that is offered more than it serves. Its queues grow for as long as the run goes on, so its
// latencies say how long the run was, and a ranking by them ranks the backlog. Every place where its results stand has
// to say so.
//
// How it is told. Of requests that arrive at given times the wait at the worker (start − arrival) is looked at in order
// of arrival, in kGroups groups of equal size. Where a first-come queue is offered ρ times what it serves, that wait
// grows by ρ − 1 seconds a second; where it is not, it wavers about a level. A fleet is called saturated where all
// three hold: 1. the line through the groups rises by kLeastGrowth or more; 2. its slope is beyond what chance explains
// (Student's t, one in forty); 3. more requests wait as the last one arrives than twice the root of all that came,
// which is what Poisson arrivals may well be off by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/fleet/fleet.h"
#include "core/settings/scenario.h"

namespace blockyard {

struct Saturation {
  static constexpr std::uint32_t kGroups = 10;
  static constexpr std::uint32_t kFewest = 60;  ///< started requests below which nothing is said
  static constexpr double kLeastGrowth = 0.02;  ///< seconds of waiting a second

  double offered_rps = 0;   ///< arrivals per s, between the first and the last of them
  double served_rps = 0;    ///< finishes per s from the first of them to the last arrival; 0: none
  double growth = 0;        ///< by which the wait rises, s per s
  double last_wait_ms = 0;  ///< mean wait of the last group
  /// How many times what it serves the fleet is offered; more than 1.
  double times() const { return served_rps > 0 ? offered_rps / served_rps : 1 + growth; }
  friend bool operator==(const Saturation&, const Saturation&) = default;
};

/// Of everything that has happened so far. Empty where the fleet keeps up, where too little has happened to tell, and
/// where requests wait for answers before they come (a loop of users, sessions a few at a time): such a loop offers
/// what is served.
std::optional<Saturation> saturation_of(const Fleet& fleet);

/// "offered 3.2 × what it serves (12.3 against 3.84 requests per s): waiting grows by 2.2 s every second, so that
/// latencies grow with the length of the run and rank the backlog".
std::string saturation_text(const Saturation& saturation);

/// What would help, and how much of it: "at least 26 workers instead of 8, or workload.time_scale 3.2 instead of 1".
std::string saturation_remedy(const Saturation& saturation, const Scenario& scenario);

}  // namespace blockyard
