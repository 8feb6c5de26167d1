from intentbench.models._deep.training_curves import training_curves


def history_of(valid_losses, best):
    return [
        {"epoch": float(n), "fit_loss": 1.0 / n, "valid_loss": loss, "best": n in best}
        for n, loss in enumerate(valid_losses, 1)
    ]


def test_the_curves_hold_both_losses_of_every_round():
    said = training_curves(history_of([0.5, 0.4, 0.45, 0.46], best={1, 2}))
    assert said.kind == "curves"
    assert said.columns == ("epoch", "fit log loss", "valid log loss")
    assert said.rows[1] == (2.0, 0.5, 0.4)
    assert len(said.rows) == 4
    assert "weights of round 2 of 4 were kept: after it 2 more brought no progress" in said.reading


def test_the_last_round_may_be_the_best():
    said = training_curves(history_of([0.5, 0.4], best={1, 2}))
    assert "round 2 of 2 were kept: the last" in said.reading


def test_long_trainings_are_thinned_and_keep_their_ends():
    said = training_curves(history_of([0.5] * 101, best={1}))
    epochs = [row[0] for row in said.rows]
    assert len(epochs) == 40
    assert epochs[0] == 1.0 and epochs[-1] == 101.0
    assert epochs == sorted(epochs)
