"""The interval of a share: how far the true one may lie from what some songs show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVEL = 0.95
"""Of all intervals: how often they hold the true value."""


def wilson(hits: NDArray[Any], of: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95% interval of a share, for small counts too: its low and high ends.

    Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22
    (doi:10.1080/01621459.1927.10502953): the shares that a score test does not refute. Recommended
    for small counts by Brown, Cai and DasGupta 2001, Statistical Science 16(2).

    Parameters
    ----------
    hits, of : array of int
        Both of one shape; `of` is at least 1.
    """
    import numpy as np
    from scipy.special import ndtri

    z = float(ndtri(0.5 + LEVEL / 2))
    share = np.asarray(hits / of, float)
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * np.sqrt(share * (1 - share) / of + (z / (2 * of)) ** 2)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
