"""A market that ten lines of integers make, and the values that Qlib printed for it: one row per operator.

Six instruments over 80 weekdays: `SH600001` does not trade on one day, `SZ000002` misses three bars, `SH600004` is listed
later. Fields are computed in double precision and stored as float32, as a Qlib folder stores them. A seventh, `SH000300`,
is an index that has a close and nothing else.

Source: outputs of Qlib (commit d5379c5, April 2026) on this market.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CODES = ("SH600000", "SH600001", "SZ000002", "SZ000003", "SH600004", "SZ000005", "SH000300")
INDEX = 6
LENGTH = 80
FIELDS = ("open", "close", "high", "low", "vwap", "volume", "factor", "change")
ROWS_OF_SH600000 = (0, 1, 2, 5, 79)
ROWS_OF_SZ000002 = (29, 30, 31, 33, 34, 36)


@dataclass(frozen=True)
class Market:
    """Stored bars: `fields` are float32 panels (T, N) with NaN for a missing value; `first` and `last` the stored rows."""

    codes: tuple[str, ...]
    fields: dict[str, NDArray[np.float32]]
    first: tuple[int, ...]
    last: tuple[int, ...]

    @property
    def length(self) -> int:
        return len(next(iter(self.fields.values())))


def golden_market() -> Market:
    """The market of the golden table."""
    fields = {name: np.full((LENGTH, len(CODES)), np.nan) for name in FIELDS}
    for k in range(INDEX):
        last_close = math.nan
        for t in range(10 if k == 4 else 0, LENGTH):
            if k == 2 and 30 <= t <= 32:
                continue
            a = (7 * t * t + 13 * t * (k + 1) + 29 * k) % 41
            b = (11 * t * t + 5 * t * (k + 2) + 17 * k + 3) % 37
            q = (5 * t * t + 19 * t * (k + 1) + 23) % 31
            base = 1000 + 100 * k + 3 * t + (200 if k == 3 and t >= 50 else 0)
            close, opening = (base + a) / 100, (base + b) / 100
            high, low = max(opening, close) + q / 200, min(opening, close) - ((a + b) % 13) / 200
            volume = 0 if (k, t) == (1, 40) else 10000 + 100 * ((a * b + q * t) % 997)
            values = (opening, close, high, low, (opening + high + low + close) / 4, volume, 0.5 if k % 2 else 1.0)
            for name, value in zip(FIELDS, (*values, close / last_close - 1), strict=True):
                fields[name][t, k] = value
            last_close = close
    for t in range(LENGTH):
        fields["close"][t, INDEX] = 100 + 0.25 * t + ((3 * t * t + 5 * t) % 17) / 4
    single = {name: panel.astype(np.float32) for name, panel in fields.items()}
    return Market(CODES, single, tuple(10 if k == 4 else 0 for k in range(7)), (LENGTH - 1,) * 7)


def printed(text: str) -> list[float]:
    """The numbers of one row; `-` is a missing value."""
    return [math.nan if word == "-" else float(word) for word in text.split()]


def golden_rows() -> dict[str, list[float]]:
    """Expression → its values on `ROWS_OF_SH600000` and `ROWS_OF_SZ000002` when the whole history is asked for."""
    pairs = (line.split("    ") for line in TABLE.strip().splitlines())
    return {text: printed(values) for text, values in pairs}


def golden_rows_from_40() -> dict[str, list[float]]:
    """Expression → its values of SH600000 on rows 40, 41 and 42 when row 40 is the first one asked for."""
    pairs = (line.split("    ") for line in FROM_40.strip().splitlines())
    return {text: printed(values) for text, values in pairs}


FROM_40 = """
Delta($close,3)    - -.15000057 .27000046
EMA($close,5)    11.386019 11.329007 11.375386
Mean($close,0)    11.55 11.389999 11.413333
"""

TABLE = """
$close    10 10.229999 10.19 10.5 12.61 13.11 - - 13.29 13.07 13.46
Ref($close,1)    - 10 10.229999 10.12 12.53 13.21 13.11 - - 13.29 13.4
Ref($close,-2)    10.19 10.29 10.12 10.45 - - - 13.29 13.4 13.46 13.18
Ref($close,0)    10 10 10 10 10 12.17 12.17 12.17 12.17 12.17 12.17
Mean($close,5)    10 10.115 10.139999 10.266 12.484 13.098 13.0925 13.12 13.2 13.18 13.305
Sum($volume,3)    10000 69600 122400 107200 178000 153800 134900 36500 82600 168400 208300
Std($close,5)    - 0.16263424 0.12288181 0.14467215 0.13258935 0.07791014 0.088834986 0.085440092 0.12727943 0.15556368 0.17175572
Var($close,5)    - 0.026449895 0.015099938 0.020930031 0.017579937 0.0060699899 0.007891654 0.00730001 0.016200054 0.024200059 0.029500028
Skew($close,6)    - - -1.5278739 0.61657471 -0.010872603 0.31519219 0.4764165 0.87618679 -0.33083871 1.5078095 -1.1052361
Kurt($close,6)    - - - 1.0956507 -2.3995206 -0.47458959 -0.23456173 -0.40670255 - - 0.70474881
Max($high,5)    10.145001 10.35 10.455 10.63 12.81 13.315 13.315 13.315 13.3 13.3 13.61
Min($low,5)    9.9849997 9.9849997 9.9849997 10.08 12.29 12.735 12.735 12.885 13.055 13.005 13.005
IdxMax($high,5)    1 2 3 5 4 4 5 4 2 1 1
IdxMin($low,5)    1 1 1 4 1 2 5 4 2 1 1
Quantile($close,5,0.8)    10 10.184 10.214 10.332 12.594 13.137999 13.15 13.17 13.254 13.246 13.424
Quantile($close,5,0.2)    10 10.046 10.076 10.176 12.366 13.034 13.028 13.068 13.146 13.113999 13.202
Med($close,5)    10 10.115 10.19 10.229999 12.53 13.11 13.075 13.11 13.2 13.18 13.344999
Mad($close,5)    0 0.11499977 0.09333314 0.10320015 0.1111998 0.058399886 0.067499876 0.060000103 0.090000153 0.11000013 0.125
Rank($close,5)    1 1 0.66666669 1 1 0.60000002 - - 1 0.5 1
Count($close,5)    1 2 3 5 5 5 4 3 2 2 4
Delta($close,3)    - - - 0.31000042 0.22999954 0.099999428 - - - - 0.17000008
Slope($close,5)    - 0.22999954 0.09499979 0.047000121 0.074999809 0.017999936 0.046999834 0.034999847 0.045000076 -0.22000027 0.084000014
Rsquare($close,5)    - 1 0.59768194 0.26385668 0.79991341 0.13344243 0.46652335 0.16780652 1 1 0.39864382
Resi($close,5)    - 0 -0.044999916 0.13999996 -0.023999978 -0.024000168 - - 0 0 0.029000187
WMA($close,5)    10 5.0766664 3.3905554 2.0594666 2.5067999 2.622 2.1859999 1.7508888 2.6519999 3.9503334 3.1115
EMA($close,5)    10 10.137999 10.162631 10.29621 12.521122 13.088561 13.088561 13.088561 13.215046 13.144694 13.332659
EMA($close,0.3)    10 10.135294 10.160274 10.287808 12.510599 13.078516 13.078516 13.078516 13.195987 13.140245 13.318903
Mean($close,0.3)    10 10.135294 10.160274 10.287808 12.510599 13.078516 13.078516 13.078516 13.195987 13.140245 13.318903
Std($close,0.3)    10 10.135294 10.160274 10.287808 12.510599 13.078516 13.078516 13.078516 13.195987 13.140245 13.318903
Corr($close,Log($volume+1),5)    - 1 0.99472886 0.17401476 -0.10561933 0.5903703 0.59418046 0.99989235 1 -1 -0.54487067
Cov($close,$volume,5)    - 5703.9888 3301.9932 123.84789 170.99495 1809.6519 2110.9199 3489.5042 4149.0068 -352.00043 -2754.8386
Mean($close,0)    10 10.115 10.139999 10.221666 11.395625 12.665 12.665 12.665 12.685162 12.697187 12.740294
Std($close,0)    - 0.16263424 0.12288181 0.16892801 0.72078168 0.31758514 0.31758514 0.31758514 0.33181184 0.33343014 0.36759231
Slope($close,0)    - 0.22999954 0.09499979 0.064857185 0.030543953 0.033599548 0.033599548 0.033599548 0.033623211 0.032053284 0.033052042
EMA($close,0)    10 10.1725 10.174285 10.284264 11.777274 12.824334 11.893191 11.073478 10.579525 10.769087 11.127431
Max($close-Ref($close,1),0)    - 0.22999954 0.22999954 0.38000011 0.38000011 0.35999966 0.35999966 0.35999966 0.35999966 0.35999966 0.35999966
Greater($close-Ref($close,1),0)    - 0.22999954 0 0.38000011 0.079999924 0 - - - 0 0.06000042
Mean($close>Ref($close,1),5)    0 0.5 0.33333334 0.60000002 0.60000002 0.60000002 0.40000001 0.40000001 0 0 0.40000001
If($close>$open,1,-1)    -1 -1 -1 1 -1 -1 -1 -1 1 1 1
Sign($close-$open)    -1 -1 -1 1 -1 -1 - - 1 1 1
Power($close,2)    100 104.65289 103.83609 110.25 159.01209 171.87209 - - 176.6241 170.82489 181.1716
Log($close)    2.3025851 2.3253245 2.3214068 2.3513753 2.5344901 2.5733752 - - 2.5870118 2.5703194 2.5997224
Abs($open-$close)    0.029999733 0.040000915 0.17000008 0.029999733 0.079999924 0.020000458 - - 0.079999924 0.029999733 0.10000038
Not($close>$open)    1 1 1 0 1 1 1 1 0 0 0
($close>$open)&($volume>20000)    0 0 0 1 0 0 0 0 1 1 1
Ref($close>$open,1)    - 0 0 0 0 1 0 0 0 1 1
$close/$open-1    -0.0029910207 -0.0038949251 -0.016409278 0.0028653145 -0.0063041449 -0.0015232563 - - 0.0060560703 0.0023006201 0.0074850321
WMA($close/$close,5)    1 0.5 0.33333334 0.2 0.2 0.2 0.16666667 0.13333334 0.2 0.30000001 0.23333333
ChangeInstrument('SH000300',$close/Ref($close,1)-1)    - 0.022500038 -0.0048899651 0.039603949 0.0020492077 0.015981793 -0.0089887381 0.0045351982 0.032258034 -0.03125 -0.0045146942
Mask($close,'SH600001')    11.29 11.24 11.33 11.21 13.51 12.15 12.06 12.11 12.22 12.28 12.41
"""
