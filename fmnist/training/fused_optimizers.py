"""Keras' optimizers with TensorFlow's fused kernels: the same steps, each in one pass over a variable.

Keras' own `update_step` takes up to fifteen operations per variable, each of which reads and writes memory;
in a small network that is half of the training. What else an optimizer does (weight decay, moving
average) and its variables are Keras' own, so that a state fits either. RMSprop is Keras' own, as
TensorFlow's kernel keeps a momentum that it does not need.
"""

from typing import Any

import keras
import tensorflow as tf
from keras.optimizers import RMSprop

__all__ = ["SGD", "Adam", "RMSprop"]


def _handle(variable: Any) -> Any:
    """What TensorFlow's kernels take for a variable of Keras or TensorFlow."""
    return (variable.value if isinstance(variable, keras.Variable) else variable).handle


class Adam(keras.optimizers.Adam):
    """As `keras.optimizers.Adam`, without `amsgrad`."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable and its two moments."""
        index = self._get_variable_index(variable)
        steps = tf.cast(self.iterations.value, variable.dtype) + 1
        tf.raw_ops.ResourceApplyAdam(
            var=_handle(variable),
            m=_handle(self._momentums[index]),
            v=_handle(self._velocities[index]),
            beta1_power=tf.pow(self.beta_1, steps),
            beta2_power=tf.pow(self.beta_2, steps),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(gradient, variable.dtype),
        )


class SGD(keras.optimizers.SGD):
    """As `keras.optimizers.SGD`."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable, and its momentum if there is one."""
        rate, gradient = (tf.cast(each, variable.dtype) for each in (learning_rate, gradient))
        if not self.momentum:
            tf.raw_ops.ResourceApplyGradientDescent(
                var=_handle(variable), alpha=rate, delta=gradient
            )
            return
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=_handle(variable),
            accum=_handle(self.momentums[self._get_variable_index(variable)]),
            lr=rate,
            grad=gradient,
            momentum=self.momentum,
            use_nesterov=self.nesterov,
        )
