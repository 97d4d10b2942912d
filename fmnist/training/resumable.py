"""The state of a train step, to resume from: what both backends keep alike."""

from typing import Any

import keras

from .progress import Weights


class Resumable:
    """Reads and restores the state of a clone of a network, its optimizer, and its random generators."""

    clone: keras.Model
    optimizer: keras.optimizers.Optimizer

    def state(self) -> Weights:
        """As `Stepper.state`."""
        others = (*self.optimizer.variables, *self._random_states())
        return self._own_weights() + [keras.ops.convert_to_numpy(each) for each in others]

    def restore(self, state: Weights) -> None:
        """As `Stepper.restore`.

        Random generators of another backend, whose states have other shapes, begin as in a new training.
        """
        count = len(self.clone.weights)
        end = count + len(self.optimizer.variables)
        self.clone.set_weights(state[:count])
        for variable, value in zip(self.optimizer.variables, state[count:end], strict=True):
            variable.assign(value)
        for generator, value in zip(self._random_states(), state[end:], strict=False):
            if generator.shape == value.shape:
                generator.assign(value)

    def _own_weights(self) -> Weights:
        weights: Weights = self.clone.get_weights()
        return weights

    def _random_states(self) -> list[Any]:
        """The variables of the random generators, as of dropout, which Keras does not count among the weights."""
        weights = {id(variable) for variable in self.clone.weights}
        return [each for each in self.clone.non_trainable_variables if id(each) not in weights]
