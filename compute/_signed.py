"""A table as its positive and negative parts: what GRAS scales, P by r s and N by 1 / (r s)."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from compute._checks import Array, Indices, Mask


@dataclass(frozen=True)
class SignedParts:
    """Z = P - N with P, N >= 0.

    P is dense; N is sparse, since negative entries of an input-output table are few. A table
    without negative entries is its own P: nothing is copied.
    """

    positive: Array
    negative: csr_array[np.float64] | None

    @classmethod
    def of(cls, table: Array) -> "SignedParts":
        """Split `table`; it is left as it is."""
        if table.min() >= 0:
            return cls(table, None)
        where = np.nonzero(table < 0)
        absolute = coo_array((-table[where], where), shape=table.shape).tocsr()
        return cls(np.maximum(table, 0.0), absolute)

    def row_sums(self, s: Array) -> tuple[Array, Array]:
        """Return P s and N (1/s), both (rows,); a factor of zero drops its column from both."""
        positive = self.positive @ s
        if self.negative is None:
            return positive, np.zeros_like(positive)
        return positive, np.asarray(self.negative @ inverse(s), dtype=np.float64)

    def column_sums(self, r: Array) -> tuple[Array, Array]:
        """Return r P and (1/r) N, both (columns,); a factor of zero drops its row from both."""
        positive = r @ self.positive
        if self.negative is None:
            return positive, np.zeros_like(positive)
        return positive, np.asarray(self.negative.T @ inverse(r), dtype=np.float64)

    def scaled(self, r: Array, s: Array) -> Array:
        """Build r P s - (1/r) N (1/s), shape (rows, columns), and end the life of the parts.

        When P is a copy of its own, the result takes its place: one table the less in memory.
        """
        own = self.positive if self.negative is not None else None
        table: Array = np.multiply(self.positive, r[:, None], out=own)
        table *= s
        if self.negative is not None:
            entries = self.negative.tocoo()
            rows, columns = entries.coords
            table[rows, columns] -= entries.data * inverse(r)[rows] * inverse(s)[columns]
        return table

    def first_positive(self, rank: Indices, none: int) -> Indices:
        """Return per column the lowest `rank` of a row with a positive entry in it, or `none`."""
        ranks = np.broadcast_to(rank[:, None], self.positive.shape)
        lowest: Indices = np.min(ranks, axis=0, where=self.positive > 0, initial=none)
        return lowest

    def last_negative(self, rank: Indices) -> Indices:
        """Return per column the highest `rank` of a row with a negative entry in it, or -1."""
        highest = np.full(self.positive.shape[1], -1, dtype=np.int64)
        if self.negative is not None:
            rows, columns = self.negative.tocoo().coords
            np.maximum.at(highest, columns, rank[rows])
        return highest


def inverse(factors: Array) -> Array:
    """1 / factors, zero where the factor is zero (a row or column that is out of the game)."""
    return np.divide(1.0, factors, out=np.zeros_like(factors), where=factors != 0)


def gras_factor(totals: Array, positive: Array, negative: Array, live: Mask) -> Array:
    """Return the factor f that solves positive f - negative / f = totals.

    The positive root of the quadratic (Junius and Oosterhaven 2003, eq. 12), written for a
    negative total so that nothing cancels; without a positive part that form is -negative / total
    (Temurshoev, Miller and Bouwmeester 2013), without a negative one it is RAS, total / positive.
    Zero where not `live`.
    """
    root = np.hypot(totals, 2.0 * np.sqrt(positive) * np.sqrt(negative))
    upper = totals >= 0
    numerator = np.where(upper, totals + root, 2.0 * negative)
    denominator = np.where(upper, 2.0 * positive, root - totals)
    return np.divide(numerator, denominator, out=np.zeros_like(totals), where=live)
