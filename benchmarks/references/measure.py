"""Measures scikit-learn and shap on one forest, and writes that forest so that others can be measured on it.

    python measure.py FOLDER FEATURES REPEATS EXAMPLES

FOLDER holds train.f64 and rows.f64: doubles, row after row. Written there: forest.json (by export_sklearn.py of the folder EXAMPLES),
scores.f64 (-score_samples), shap.f64, expected.f64. Printed: versions and, per subject, one [CPU s, wall s] per event and repeat.
"""
import json
import platform
import sys
import time
from pathlib import Path

import numpy
import shap
import sklearn
from sklearn.ensemble import IsolationForest

SINGLE_ROWS = 20


def timed(events, repeats, run):
    run()
    samples = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        samples.append([(time.process_time() - cpu) / events, (time.perf_counter() - wall) / events])
    return samples


def one_by_one(rows, run):
    def call():
        for row in range(SINGLE_ROWS):
            run(rows[row : row + 1])

    return call


def main():
    folder, features, repeats = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sys.path.insert(0, sys.argv[4])
    from export_sklearn import export_forest

    train = numpy.fromfile(folder / "train.f64").reshape(-1, features)
    rows = numpy.fromfile(folder / "rows.f64").reshape(-1, features)
    make = lambda: IsolationForest(n_estimators=100, max_samples=256, random_state=1)
    forest = make().fit(train)
    explainer = shap.TreeExplainer(forest)
    export_forest(forest, folder / "forest.json")
    (-forest.score_samples(rows)).tofile(folder / "scores.f64")
    explainer.shap_values(rows).astype(numpy.float64).tofile(folder / "shap.f64")
    numpy.atleast_1d(explainer.expected_value).astype(numpy.float64).tofile(folder / "expected.f64")
    explain = lambda part: explainer.shap_values(part, check_additivity=False)
    timings = {
        "fit": timed(1, repeats, lambda: make().fit(train)),
        "score_samples, 1 row": timed(SINGLE_ROWS, repeats, one_by_one(rows, forest.score_samples)),
        f"score_samples, {len(rows)} rows": timed(len(rows), repeats, lambda: forest.score_samples(rows)),
        "TreeExplainer, 1 row": timed(SINGLE_ROWS, repeats, one_by_one(rows, explain)),
        f"TreeExplainer, {len(rows)} rows": timed(len(rows), repeats, lambda: explain(rows)),
    }
    versions = {"python": platform.python_version(), "numpy": numpy.__version__, "scikit-learn": sklearn.__version__, "shap": shap.__version__}
    print(json.dumps({"versions": versions, "timings": timings}))


main()
