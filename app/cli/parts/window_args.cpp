#include "app/cli/parts/window_args.h"

#include "app/cli/parts/help.h"

namespace blockyard::cli {

void WindowArgs::add_to(CLI::App& app) {
  app.add_option("scenario,--scenario", scenario,
                 "A scenario file, a trace, or the name of a built-in scenario (default: what was open last)");
  app.add_option("--set", sets,
                 "Change a setting to a JSON value, e.g. router.strategy=round_robin; may be repeated (default: the "
                 "scenario as it is)")
      ->type_name("PATH=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--trace", trace, "Replay this trace instead of the scenario's workload")->type_name("FILE");
  app.add_option("--state", state, "Write what the window shows to this file after every frame, for scripts")
      ->type_name("FILE");
  app.add_option("--scale", scale, "UI scale (default: as the screen asks)")->check(between(0.5, 4));
  app.add_option("--assets", assets, "Folder with presets, scenarios and lessons (default: the one beside the program)")
      ->type_name("DIR");
  const std::string unseen;  // a group without a name is not in the help
  app.add_flag("--live", live, "")->group(unseen);
  app.add_option("--replay", replay, "")->group(unseen);
  app.add_option("--live-fleet", live_fleet, "")->group(unseen);
  app.add_option("--live-worker", live_workers, "")->group(unseen)->allow_extra_args(false);
  app.add_option("--live-set", live_sets, "")->group(unseen)->allow_extra_args(false);
  app.add_option("--live-demo", live_demo, "")->group(unseen);
  app.add_option("--live-scenario", live_scenario, "")->group(unseen);
  app.add_option("--live-seed", live_seed, "")->group(unseen);
  app.add_option("--listen", listen, "")->group(unseen);
  app.add_option("--tokens", tokens, "")->group(unseen);
  app.add_option("--record", record, "")->group(unseen);
  app.add_flag("--record-raw", record_raw, "")->group(unseen);
  app.add_option("--record-max", record_max_mib, "")->group(unseen);
  app.add_option("--speed", speed, "")->group(unseen);
}

}  // namespace blockyard::cli
