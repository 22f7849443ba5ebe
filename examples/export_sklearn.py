"""Writes a fitted scikit-learn IsolationForest as JSON for `tidewatch models import --format sklearn-json`.

    from export_sklearn import export_forest
    export_forest(forest, "forest.json", feature_names=["cpu", "memory", "network"])

Run by itself, it fits a small forest and writes it: python examples/export_sklearn.py forest.json
"""
import json
import sys


def export_forest(forest, path, feature_names=None):
    """Asks for max_features=1.0 (the default): every tree sees every feature."""
    if any(list(columns) != list(range(forest.n_features_in_)) for columns in forest.estimators_features_):
        raise ValueError("exporting forest: trees that see only some features cannot be exported")
    fields = ("children_left", "children_right", "feature", "threshold", "n_node_samples")
    trees = [{name: getattr(tree.tree_, name).tolist() for name in fields} for tree in forest.estimators_]
    record = {"n_features": forest.n_features_in_, "max_samples": int(forest.max_samples_), "offset": float(forest.offset_), "trees": trees}
    names = feature_names if feature_names is not None else getattr(forest, "feature_names_in_", None)
    if names is not None:
        record["feature_names"] = [str(name) for name in names]
    with open(path, "w") as file:
        json.dump(record, file)


if __name__ == "__main__":
    import numpy
    from sklearn.ensemble import IsolationForest

    rows = numpy.random.default_rng(1).normal(size=(1000, 3))
    export_forest(IsolationForest(random_state=1).fit(rows), sys.argv[1], ["cpu", "memory", "network"])
