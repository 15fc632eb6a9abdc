// Rows of the table of settings read from JSON and written as JSON. Private to core.
#pragma once

#include <span>

#include "core/settings/json_reader.h"
#include "core/settings/setting.h"

namespace blockyard::io {

/// Reads the keys of these rows, which are all of one section; `in` stands at that section. Missing keys leave the
/// field as it is. `scenario` is what has been read so far.
template <class Owner>
void read_rows(ObjectReader& in, std::span<const SettingRow<Owner>> rows, Owner& owner, const Scenario& scenario);

/// The value of one row; defaults filled in, null written as the number that it stands for.
template <class Owner>
Json value_json(const SettingRow<Owner>& row, const Owner& owner, const Scenario& scenario);

/// Puts the rows of one section that exist, and are not left out, into an object.
template <class Owner>
void write_rows(Json& out, std::span<const SettingRow<Owner>> rows, const Owner& owner, const Scenario& scenario);

/// The rows of the table by section, in order; the sections' names in the order in which they first appear.
std::vector<std::span<const Setting>> sections();

}  // namespace blockyard::io
