"""What the operations of an autograd graph do, in words for somebody who does not know them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from core.texts import N_, _


class Words(NamedTuple):
    """A few words that fit into a box, what is done in the forward pass, and what in the backward pass."""

    short: str
    forward: str
    backward: str


_ANY = Words(
    N_("an operation"),
    N_("An operation of PyTorch, called {label}."),
    N_("Backward, it turns the gradient of its result into the gradients of its inputs."),
)

# By the function of the forward pass, as torch writes it.
OPERATIONS: Mapping[str, Words] = MappingProxyType(
    {
        "addmm": Words(
            N_("product + bias"),
            N_("A layer: multiplies its inputs by the weights, sums the products and adds the bias."),
            N_(
                "Backward, the gradient of a weight is the sum, over the points, of its input times the "
                "gradient that arrives; that of the bias is the plain sum."
            ),
        ),
        "t": Words(
            N_("transpose"),
            N_("Turns the matrix of weights on its side, so that it can be multiplied by the inputs."),
            N_("Backward, it turns the gradient back."),
        ),
        "tanh": Words(
            N_("bends"),
            N_("Bends each number into the range from −1 to 1; without a bend a network would be a line."),
            N_("Backward, it multiplies by its slope, 1 − tanh², which it finds from its kept result."),
        ),
        "relu": Words(
            N_("cuts at zero"),
            N_("Makes negative numbers zero; it is such bends that make a network more than a line."),
            N_("Backward, the gradient passes where the result is above zero, and stops elsewhere."),
        ),
        "sigmoid": Words(
            N_("bends"),
            N_("Bends each number into the range from 0 to 1; without a bend a network would be a line."),
            N_("Backward, it multiplies by its slope, s (1 − s), which it finds from its kept result s."),
        ),
        "mse_loss": Words(
            N_("mean of the squared errors"),
            N_("The mean of the squared errors; an error is the prediction minus y."),
            N_("Backward, each prediction gets 2 / n times its error."),
        ),
        "huber_loss": Words(
            N_("Huber loss"),
            N_("The mean of the errors, squared where they are small, straight where they exceed delta."),
            N_(
                "Backward, each prediction gets 1 / n of its error; where the error exceeds delta, 1 / n of "
                "delta with its sign."
            ),
        ),
        "smooth_l1_loss": Words(
            N_("smooth L1 loss"),
            N_("The mean of the errors, squared where they are below beta, straight above it."),
            N_(
                "Backward, each prediction gets 1 / n of its error divided by beta; where the error exceeds "
                "beta, 1 / n with its sign."
            ),
        ),
        "sub": Words(
            N_("difference"),
            N_("Subtracts its second input from its first."),
            N_("Backward, the first input gets the gradient as it is, the second with the other sign."),
        ),
        "add": Words(
            N_("sum of two"),
            N_("Adds its two inputs."),
            N_("Backward, the gradient goes on as it is to both."),
        ),
        "mul": Words(
            N_("product"),
            N_("Multiplies its inputs; one of them may be a plain number."),
            N_("Backward, the gradient of one input is multiplied by the other."),
        ),
        "div": Words(
            N_("quotient"),
            N_("Divides its first input by its second, here a plain number."),
            N_("Backward, the gradient is divided by the same number."),
        ),
        "abs": Words(
            N_("without sign"),
            N_("Takes the sign away: the absolute value."),
            N_(
                "Backward, the gradient is multiplied by the sign that was taken away; where the number is "
                "exactly zero, by zero, halfway between −1 and 1."
            ),
        ),
        "mean": Words(
            N_("mean of all"),
            N_("The mean of all numbers: one number comes out."),
            N_("Backward, each of the n numbers gets 1 / n of the gradient."),
        ),
        "sum": Words(
            N_("sum of all"),
            N_("Adds all numbers up: one number comes out."),
            N_("Backward, each number gets the whole gradient."),
        ),
        "stack": Words(
            N_("puts together"),
            N_("Puts several numbers into one tensor."),
            N_("Backward, each gets its own part of the gradient."),
        ),
        "maximum": Words(
            N_("the larger one"),
            N_("Compares two tensors number by number and takes the larger one each time: a condition."),
            N_(
                "Backward, the gradient goes only to the one that was taken, and the other gets zero; where "
                "both are equal, each gets half of it."
            ),
        ),
        "where": Words(
            N_("a condition"),
            N_("Takes each number from one of two tensors, as a condition says."),
            N_("Backward, the gradient goes only to the one that was taken; the other gets zero."),
        ),
        "clamp": Words(
            N_("keeps below a bound"),
            N_("Takes the bound, a plain number, for every number above it."),
            N_("Backward, the gradient passes where the number is not above the bound, and stops elsewhere."),
        ),
        "sinh": Words(
            N_("hyperbolic sine"),
            N_("The hyperbolic sine, (eᶻ − e⁻ᶻ) / 2: nearly z where z is small, and steeper and steeper."),
            N_("Backward, it multiplies by its slope, (eᶻ + e⁻ᶻ) / 2."),
        ),
        "pow": Words(
            N_("power"),
            N_("Raises each number to a power, a plain number; here it squares."),
            N_("Backward, it multiplies by the slope of a square, twice the number."),
        ),
        "log1p": Words(
            N_("log(1 + z)"),
            N_("The logarithm of 1 + z, found so that a small z keeps all its digits."),
            N_("Backward, it multiplies by its slope, 1 / (1 + z)."),
        ),
    }
)


def words_of(label: str) -> Words:
    """The words for the function `label` in the person's language; general ones for one not in the table."""
    short, forward, backward = (_(text) for text in OPERATIONS.get(label, _ANY))
    return Words(short, forward.format(label=label), backward)
