"""Leontief's open model: coefficients, output for a demand, multipliers (METHOD eqs. 4-9).

Systems are solved through one LU factorisation of I - A; an inverse is never formed.
"""

import warnings
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import LinAlgWarning, lu_factor, lu_solve
from scipy.sparse.linalg import ArpackError, eigs

from compute._checks import (
    Array,
    Indices,
    InvalidInput,
    as_floats,
    finite_matrix,
    finite_vector,
    listing,
    require_finite,
    require_same_labels,
    require_same_order,
    square_matrix,
)
from compute._labels import labels_of

SMALL_ENOUGH_FOR_ALL_EIGENVALUES = 1000
POWER_STEPS = 500
LARGEST_SUMS_NAMED = 5
# Rounding of a table of 12,350 rows leaves 1e-13 over; another table leaves shares of one.
_FACTORS_SOLVE_TO = 1e-8


_LEAST_OUTPUT = 1e-200
"""Million USD. What is divided by less leaves the range of numbers."""


class NegativeOutput(ValueError):
    """Gross output below zero; `sectors` are the indices."""

    def __init__(self, message: str, sectors: Iterable[int] = ()) -> None:
        """Keep the indices beside the message that names them with their amounts."""
        super().__init__(message)
        self.sectors = [int(i) for i in sectors]


class UnproductiveEconomy(ValueError):
    """The spectral radius of A is not below one: no finite output serves a final demand.

    radius: the (estimated) spectral radius.  sectors: those with the largest column sums of A.
    """

    def __init__(
        self, message: str, radius: float = float("nan"), sectors: Iterable[int] = ()
    ) -> None:
        """Keep the radius and the indices beside the message."""
        super().__init__(message)
        self.radius = radius
        self.sectors = [int(i) for i in sectors]


def technical_coefficients(
    flows: ArrayLike, output: ArrayLike, *, out: Array | None = None
) -> Array:
    """Input per unit of output: A = Z diag(x)^-1.

    flows: Z, shape (m, n), inputs by using sector, million USD (m = n for A; rows of value added
    or imports give their coefficients).  output: x, shape (n,), million USD.
    out: where A is written, shape (m, n); the flows themselves, when they are not needed any more.
    Returns (m, n), dimensionless. A sector without output has a zero column, whatever its inputs.
    Raises NegativeOutput, naming the sectors; InvalidInput for shapes, NaN and infinity.
    """
    require_same_labels(flows=(flows, ("m", "n")), output=(output, ("n",)))
    require_same_order("flows", flows)
    z = finite_matrix("flows", flows)
    x = checked_output(output, z.shape[1])
    return np.divide(z, _or_infinite(x), out=out)


def emission_intensity(emission: ArrayLike, output: ArrayLike) -> Array:
    """Emission per unit of output: f = e / x (eq. 9).

    emission: e, shape (n,) or (k, n), tonnes.  output: x, shape (n,), million USD.
    Returns the shape of `emission`, t/musd; zero for a sector without output, whose emission must
    have been moved before (METHOD section 3) or the inventory identity fails.
    Raises NegativeOutput, naming the sectors; InvalidInput for shapes, NaN and infinity.
    """
    require_same_labels(emission=(emission, ("?k", "n")), output=(output, ("n",)))
    x = checked_output(output, as_floats("output", output).size)
    e = _rows("emission", emission, x.size)
    f = e / _or_infinite(x)
    return f if np.ndim(emission) == 2 else f[0]


def output_for(coefficients: ArrayLike, demand: ArrayLike) -> Array:
    """Total output that a final demand calls for: x = (I - A)^-1 y (eq. 7).

    coefficients: A, shape (n, n), dimensionless.  demand: y, shape (n,) or (n, k), million USD.
    Returns x, shape of `demand`, million USD.  Raises as LeontiefSystem does.
    """
    return LeontiefSystem(coefficients).solve(demand)


def multipliers(coefficients: ArrayLike, intensity: ArrayLike) -> Array:
    """What a unit of final demand carries along its whole supply chain: m = f (I - A)^-1.

    coefficients: A, shape (n, n).  intensity: f, shape (n,) or (k, n), e.g. t/musd.
    Returns m, shape of `intensity`, in its unit.  Raises as LeontiefSystem does.
    """
    return LeontiefSystem(coefficients).solve_transposed(intensity)


class LeontiefSystem:
    """I - A, factorised once, for any number of demands and intensities.

    coefficients: A, shape (n, n), dimensionless, kept by reference; beside it one matrix of its
    size is held. Column sums of one or more are allowed, as real tables have them.
    factors: those of an earlier system of the same A, where they are at hand.
    Raises UnproductiveEconomy when the spectral radius of A is not below one, naming it and the
    largest column sums; InvalidInput for shapes, NaN and infinity, and for factors of another A.
    """

    def __init__(self, coefficients: ArrayLike, *, factors: "Factors | None" = None) -> None:
        """Factorise I - A, unless that was done, and prove the economy productive."""
        self.coefficients = square_matrix("coefficients", coefficients)
        self.axis_labels = labels_of(coefficients)
        if factors is not None:
            _require_factors_of(self.coefficients, factors)
        self._lu = _factorised(self.coefficients) if factors is None else factors
        _require_productive(self.coefficients, self._lu)

    @property
    def factors(self) -> "Factors":
        """L and U of the transpose of I - A, in one matrix, and the pivots: for a system of the same A."""
        return self._lu

    @property
    def size(self) -> int:
        """Return n."""
        return len(self.coefficients)

    def solve(self, demand: ArrayLike) -> Array:
        """Return x = (I - A)^-1 y for y of shape (n,) or (n, k), million USD."""
        require_same_labels(coefficients=(self, ("n", "n")), demand=(demand, ("n", "?k")))
        y = as_floats("demand", demand)
        if y.ndim not in (1, 2) or y.shape[0] != self.size:
            raise InvalidInput(
                f"demand must have shape ({self.size},) or ({self.size}, k), its shape is {y.shape}"
            )
        require_finite("demand", y)
        return _solved(self._lu, y)

    def solve_transposed(self, intensity: ArrayLike) -> Array:
        """Return m = f (I - A)^-1 for f of shape (n,) or (k, n)."""
        require_same_labels(coefficients=(self, ("n", "n")), intensity=(intensity, ("?k", "n")))
        f = _rows("intensity", intensity, self.size)
        m = np.ascontiguousarray(_solved(self._lu, f.T, transposed=True).T)
        return m if np.ndim(intensity) == 2 else m[0]


Factors = tuple[Array, Indices]  # LU and pivots of the transpose of I - A


def _factorised(coefficients: Array) -> Factors:
    # In C order I - A is its own transpose in Fortran order, which LAPACK factorises in place:
    # one matrix of this size, and no strided copy to make it.
    matrix = np.negative(coefficients, order="C")
    matrix[np.diag_indices_from(matrix)] += 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinAlgWarning)  # singular: found by the test that follows
        lu, pivots = lu_factor(matrix.T, overwrite_a=True, check_finite=False)
    return lu, np.asarray(pivots, dtype=np.int64)


def _require_factors_of(coefficients: Array, factors: Factors) -> None:
    """Refuse factors that do not solve (I - A) x = 1."""
    size = len(coefficients)
    if factors[0].shape != (size, size) or factors[1].shape != (size,):
        raise InvalidInput(f"factors must be of a matrix of {size} rows")
    with np.errstate(all="ignore"):
        x = _solved(factors, np.ones(size))
        left_over = np.abs(x - coefficients @ x - 1).max() / max(np.abs(x).max(), 1.0)
    if not left_over <= _FACTORS_SOLVE_TO:
        raise InvalidInput(f"factors of another matrix: they leave {left_over:.3g} over")


def _solved(factors: Factors, right: Array, *, transposed: bool = False) -> Array:
    # An own Fortran-ordered copy, overwritten by the solution.
    solution: Array = lu_solve(
        factors,
        np.array(right, order="F"),
        trans=0 if transposed else 1,
        overwrite_b=True,
        check_finite=False,
    )
    return solution


def _require_productive(coefficients: Array, factors: Factors) -> None:
    """Refuse a spectral radius of one or more.

    For A >= 0 the radius is below one if and only if some x > 0 has (I - A) x > 0 (Hawkins-Simon;
    Berman and Plemmons 1994, ch. 6, I27). The LU at hand offers the candidate (I - A)^-1 1, and
    one product with A checks it, with a bound on rounding: no iteration that reducible or cyclic
    tables or a radius near one could mislead. With negative entries radius(A) <= radius(|A|), which
    is tested the same way; only when that is not below one do the eigenvalues decide.
    """
    if coefficients.min() >= 0:
        if _is_productive(coefficients, factors):
            return
    else:
        absolute = np.abs(coefficients)
        if absolute.sum(axis=0).max() < 1 or _is_productive(absolute, _factorised(absolute)):
            return
    radius = spectral_radius(coefficients)
    if coefficients.min() < 0 and radius < 1:
        return
    sums = coefficients.sum(axis=0)
    largest = np.argsort(-sums, kind="stable")[:LARGEST_SUMS_NAMED]
    raise UnproductiveEconomy(
        f"the spectral radius of the technical coefficients is about {radius:.6g} and must be "
        "below one; largest column sums: "
        + listing(f"sector {j} ({sums[j]:.6g})" for j in largest),
        radius,
        largest,
    )


def _is_productive(coefficients: Array, factors: Factors) -> bool:
    """Return whether x = (I - A)^-1 1 proves that the radius of A >= 0 is below one."""
    with np.errstate(all="ignore"):
        x = _solved(factors, np.ones(coefficients.shape[0]))
        used = coefficients @ x
        rounding = 2 * coefficients.shape[0] * np.finfo(np.float64).eps * (np.abs(used) + np.abs(x))
        return bool((x > 0).all() and (x - used > rounding).all())


def spectral_radius(coefficients: ArrayLike) -> float:
    """Return the largest modulus of the eigenvalues of A, shape (n, n).

    Exact to rounding up to n = 1000. Above, an estimate: for A >= 0 by power iteration on
    (A + I) / 2, whose dominant eigenvalue is the only one of its modulus even when A is cyclic;
    else by Arnoldi iteration, or by all eigenvalues when that does not converge.
    """
    a = square_matrix("coefficients", coefficients)
    if a.shape[0] <= SMALL_ENOUGH_FOR_ALL_EIGENVALUES:
        return float(np.abs(np.linalg.eigvals(a)).max())
    if a.min() >= 0:
        return _perron_root(a)
    try:
        return float(np.abs(eigs(a, k=1, which="LM", return_eigenvectors=False)).max())
    except ArpackError:
        return float(np.abs(np.linalg.eigvals(a)).max())


def _perron_root(a: Array) -> float:
    x = np.full(a.shape[0], 1.0 / a.shape[0])
    growth = 1.0
    for _ in range(POWER_STEPS):
        following = (a @ x + x) / 2
        growth = float(following.sum())
        x = following / growth
    return 2 * growth - 1


def checked_output(output: ArrayLike, length: int) -> Array:
    """Return `output` as a vector of `length`, million USD; raises NegativeOutput, InvalidInput."""
    x = finite_vector("output", output, length=length)
    negative = np.flatnonzero(x < 0)
    if negative.size:
        raise NegativeOutput(
            "output below zero: " + listing(f"sector {j} ({x[j]:.10g})" for j in negative), negative
        )
    minute = np.flatnonzero((x > 0) & (x < _LEAST_OUTPUT))
    if minute.size:
        raise InvalidInput(
            f"output of sector {minute[0]} is {x[minute[0]]:g}: nothing can be divided by it, write zero"
        )
    return x


def _or_infinite(output: Array) -> Array:
    """Return x with infinity for zero, so that a plain division leaves zeros there."""
    return np.where(output > 0, output, np.inf)


def _rows(name: str, values: ArrayLike, length: int) -> Array:
    """Return a vector (length,) or matrix (k, length) as the matrix (k, length), checked."""
    rows = as_floats(name, values)
    if rows.ndim not in (1, 2) or rows.shape[-1] != length:
        raise InvalidInput(
            f"{name} must have shape ({length},) or (k, {length}), its shape is {rows.shape}"
        )
    require_finite(name, rows)
    return np.atleast_2d(rows)
