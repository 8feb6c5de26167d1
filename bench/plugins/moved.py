"""Where the files of ``bench`` went when it got rooms: for plugins that import them as before."""

# Room: its files as they are called now, each with what it was called before.
_ROOMS = {
    "audit": {
        "claims": "claims", "consistency": "consistency", "fold_means": "fold_means",
        "polytope": "half_spaces", "reading": "reading_claims",
    },
    "cell": {"blend_cell": "blend_cell", "latency": "latency", "transport": "transport"},
    "conformance": {
        "model_checks": "checks", "reading_twice": "rereading", "toy_task": "trial",
    },
    "data_checks": {
        "check_data": "fitness", "drift": "drift", "duplicates": "copies", "finding": "findings",
        "future_values": "later", "suspicious_columns": "odd_columns",
        "target_encodings": "encoded_targets",
    },
    "download": {
        "archives": "unpacking", "connection": "opening", "fetch": "fetch", "partial": "partial",
        "transfer": "receiving",
    },
    "ensembles": {
        "blending": "blending", "boosted_stacking": "boosted_stacking", "diversity": "diversity",
        "greedy": "greedy", "linear_pool": "linear_pool", "stacking": "stacking",
    },
    "judge": {
        "alarm_implausible": "plausible", "alarm_thresholds": "chosen_on_valid",
        "alarm_valid_test_gap": "alarms", "best_possible": "ceiling", "calibration": "calibrating",
        "compare_runs": "comparing_runs", "contestants": "contestants", "curves": "curve_scores",
        "ensembling": "combining", "judgement": "judgement", "pairwise": "comparing",
        "scoring": "scoring", "threshold_rules": "outcomes", "two_runs": "two_runs",
        "validity": "validity",
    },
    "metrics": {
        "bootstrap": "bootstrap", "calibrators": "calibrators", "thresholds": "thresholds",
        "weighted_sums": "sums",
    },
    "plugins": {"registry": "registry"},
    "run": {
        "blend_plan": "blends", "curve_plan": "curve_points", "environment": "surroundings",
        "execute": "runner", "fence": "fence", "run_writer": "run_writer", "worker": "worker",
    },
    "splits": {"resampling": "resampling", "thinning": "thinning", "verify": "sound_plan"},
    "stats": {
        "across_tasks": "across_tasks", "equivalence": "equivalence", "mcnemar": "mcnemar",
        "pareto": "pareto", "power_law": "power_law",
    },
    "store": {"records": "results", "run_reader": "runs"},
    "suite": {"curve": "curve", "decisions": "decisions", "shipped": "suites"},
}  # fmt: skip
MOVED = {
    f"bench.{before}": f"bench.{room}.{now}"
    for room, files in _ROOMS.items()
    for now, before in files.items()
}
# Names that went elsewhere than their file.
NAMES_MOVED = {
    ("bench.cell", "Outcome"): "bench.cell.cell.CellResult",
    ("bench.cell", "PeakMemory"): "bench.cell.memory.PeakMemory",
    ("bench.cell", "Views"): "bench.cell.views.Views",
    ("bench.cell", "carry_out"): "bench.cell.cell.fit_and_predict",
    ("bench.cell", "cell_key"): "bench.run.cell_plan.cell_key",
    ("bench.cell", "cell_seed"): "bench.run.cell_plan.cell_seed",
    ("bench.cell", "checked_explanations"): "bench.cell.explanations.checked_explanations",
    ("bench.cell", "probability_of_yes"): "bench.cell.cell.probability_of_yes",
    ("bench.cell", "show_only"): "bench.cell.views.show_only",
    ("bench.registry", "Outline"): "bench.plugins.outline.Outline",
    ("bench.registry", "did_you_mean"): "bench.errors.did_you_mean",
    ("bench.registry", "kind_of_file"): "bench.plugins.outline.kind_of_file",
    ("bench.registry", "load"): "bench.plugins.loading.load",
    ("bench.registry", "outline"): "bench.plugins.outline.outline",
    ("bench.registry", "source_digest"): "bench.plugins.source.source_digest",
    ("bench.contestants", "models_of"): "bench.judge.stored_models.models_of",
    ("bench.contestants", "who"): "bench.splits.fold.who",
    ("bench.judgement", "Member"): "bench.judge.contestants.Member",
    ("bench.resampling", "Fold"): "bench.splits.fold.Fold",
    ("bench.resampling", "Split"): "bench.splits.fold.Split",
    ("bench.results", "Predictions"): "bench.store.predictions.Predictions",
    ("bench.results", "pooled"): "bench.store.predictions.pooled",
    ("bench.runner", "carry_out"): "bench.run.execute.execute_run",
    ("bench.runner", "load_task"): "bench.run.prepare.load_task",
    ("bench.runner", "plan_cells"): "bench.run.cell_plan.plan_cells",
    ("bench.runner", "prepare"): "bench.run.prepare.prepare",
    ("bench.runner", "versions"): "bench.run.cell_plan.versions",
    ("bench.stats", "delong_influence"): "bench.stats.delong.delong_influence",
    ("bench.stats", "holm"): "bench.stats.holm.holm",
    ("bench.runs", "Planned"): "bench.run.work.Planned",
    ("bench.runs", "Work"): "bench.run.work.Work",
}
