package value

import (
	"cmp"
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// Number is an exact decimal of at most 38 significant digits: 0.d₁d₂d₃… × 10^exp, without zeros at either end of the
// digits. The zero value is zero. Magnitudes run from 1E-130 to 9.99…E+125.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
type Number struct {
	negative bool
	digits   string // "" for zero
	exp      int
}

// The errors that DynamoDB has for numbers.
var (
	errPrecision = errors.New("Attempting to store more than 38 significant digits in a Number")
	errOverflow  = errors.New("Number overflow. Attempting to store a number with magnitude larger than supported range")
	errUnderflow = errors.New("Number underflow. Attempting to store a number with magnitude smaller than supported range")
)

const maxDigits, maxExp, minExp = 38, 126, -129

// ParseNumber reads a decimal such as "-12.50e3".
func ParseNumber(text string) (Number, error) {
	wrong := errors.New("The parameter cannot be converted to a numeric value: " + text)
	if text == "" {
		return Number{}, errors.New("The parameter cannot be converted to a numeric value")
	}
	var n Number
	rest := strings.TrimSpace(text)
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		n.negative, rest = rest[0] == '-', rest[1:]
	}
	mantissa, power := rest, 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		p, err := strconv.Atoi(rest[i+1:])
		if err != nil || len(rest[i+1:]) > 6 {
			return Number{}, wrong
		}
		mantissa, power = rest[:i], p
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return Number{}, wrong
	}
	return normal(n.negative, whole+fraction, len(whole)+power)
}

// normal trims zeros and checks the limits.
func normal(negative bool, digits string, exp int) (Number, error) {
	trimmed := strings.TrimLeft(digits, "0")
	exp -= len(digits) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, "0")
	switch {
	case trimmed == "":
		return Number{}, nil
	case len(trimmed) > maxDigits:
		return Number{}, errPrecision
	case exp > maxExp:
		return Number{}, errOverflow
	case exp < minExp:
		return Number{}, errUnderflow
	}
	return Number{negative, trimmed, exp}, nil
}

// String is the number as DynamoDB prints it: plain digits, never an exponent.
func (n Number) String() string {
	var s string
	switch {
	case n.digits == "":
		return "0"
	case n.exp <= 0:
		s = "0." + strings.Repeat("0", -n.exp) + n.digits
	case n.exp >= len(n.digits):
		s = n.digits + strings.Repeat("0", n.exp-len(n.digits))
	default:
		s = n.digits[:n.exp] + "." + n.digits[n.exp:]
	}
	if n.negative {
		return "-" + s
	}
	return s
}

// Compare orders two numbers by value.
func (n Number) Compare(m Number) int {
	if n.sign() != m.sign() {
		return cmp.Compare(n.sign(), m.sign())
	}
	magnitude := cmp.Or(cmp.Compare(n.exp, m.exp), strings.Compare(n.digits, m.digits))
	return magnitude * n.sign()
}

func (n Number) sign() int {
	switch {
	case n.digits == "":
		return 0
	case n.negative:
		return -1
	}
	return 1
}

// Add is n + m, exact or an error.
func (n Number) Add(m Number) (Number, error) {
	low := min(n.exp-len(n.digits), m.exp-len(m.digits))
	sum := new(big.Int).Add(n.scaled(low), m.scaled(low))
	text := new(big.Int).Abs(sum).String()
	return normal(sum.Sign() < 0, text, len(text)+low)
}

// Negate is -n.
func (n Number) Negate() Number { n.negative = !n.negative && n.digits != ""; return n }

// scaled is n × 10^-low, an integer.
func (n Number) scaled(low int) *big.Int {
	i := new(big.Int)
	if n.digits == "" {
		return i
	}
	i.SetString(n.digits+strings.Repeat("0", n.exp-len(n.digits)-low), 10)
	if n.negative {
		i.Neg(i)
	}
	return i
}

// Int is the number as an integer, false where it is none that fits.
func (n Number) Int() (int64, bool) {
	if n.exp > 19 || n.exp < len(n.digits) && n.digits != "" {
		return 0, false
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	return i, err == nil
}

// appendKey writes the number so that bytes sort as values do: a sign, the exponent, two digits a byte, and an end; all of
// it inverted where the number is negative.
func (n Number) appendKey(to []byte) []byte {
	if n.digits == "" {
		return append(to, 0x80)
	}
	start := len(to) + 1
	to = append(to, 0xC0, byte(n.exp-minExp))
	digits := n.digits
	if len(digits)%2 == 1 {
		digits += "0"
	}
	for i := 0; i < len(digits); i += 2 {
		to = append(to, (digits[i]-'0')*10+digits[i+1]-'0'+1)
	}
	to = append(to, 0)
	if n.negative {
		to[start-1] = 0x40
		for i := start; i < len(to); i++ {
			to[i] = ^to[i]
		}
	}
	return to
}

// size is what the number counts towards the item size: a byte for every two digits and one more, and one for a minus.
func (n Number) size() int {
	s := (len(n.digits)+1)/2 + 1
	if n.negative {
		s++
	}
	return s
}
