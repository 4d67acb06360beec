/* main.c - drives a fuzz target without libFuzzer: mutates a few seeds.  main [seconds [seed]] */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 600

static const char *const seeds[] = {
	"0O'Brien-Smith, Jr. M\xC3\xBCller",
	"0\xD0\xA9\xD0\xB5\xD1\x80\xD0\xB1\xD0\xB0\xD0\xBA\xD0\xBE\xD0\xB2 \xE6\x9D\xB1\xE4\xBA\xAC",
	"0\xEF\xAC\x81 \xEF\xB7\xBA a\xCC\x88\xCC\x81 \xF0\x9D\x94\x84",
	"1Ann.O'Neil@EXAMPLE.Org",
	"1\"two \\\" words\"@[IPv6:2001:DB8::1]",
	"1\xE7\x94\xA8@\xE4\xBE\x8B.xn--fa-hia.de",
	"2+31 (0)6-1234 5678",
	"2tel:+1-212-555-1234;ext=5",
	"20039 (0)6 698 12345\xC2\xA0",
};
static const char *const bits[] = {
	"@",  ".",        "xn--", "\"",   "[IPv6:",       "]", "+",        "(0)",
	"00", "\xCC\x88", "\xC3", "\xFF", "\xE2\x80\x8D", ";", "\xD7\x90", "aaaaaaaaaaaaaaaa",
	"-",  "\\",       " "};

static uint64_t state;

static size_t
draw(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t) (state % below);
}

static size_t
insert(uint8_t *input, size_t size, const char *text)
{
	size_t length = strlen(text);
	size_t at = draw(size + 1);

	if (size + length > INPUT_MAX)
		return size;
	memmove(input + at + length, input + at, size - at);
	memcpy(input + at, text, length);
	return size + length;
}

static size_t
mutate(uint8_t *input, size_t size)
{
	size_t kind = draw(5);
	size_t at = draw(size);

	if (kind == 0)
		input[at] = (uint8_t) draw(256);
	if (kind == 1)
		return insert(input, size, bits[draw(sizeof(bits) / sizeof(bits[0]))]);
	if (kind == 2)
		return insert(input, size, seeds[draw(sizeof(seeds) / sizeof(seeds[0]))]);
	if (kind == 3 && size > 1)
		memmove(input + at, input + at + 1, --size - at);
	if (kind == 4 && size > 2)
		size -= draw(size / 2);
	return size;
}

int
main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);
	unsigned long runs = 0;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t) time(NULL);
	state += state == 0; /* zero would stay zero */
	printf("seed %llu\n", (unsigned long long) state);
	fflush(stdout);
	for (; time(NULL) < end; runs++)
	{
		uint8_t input[INPUT_MAX];
		const char *seed = seeds[draw(sizeof(seeds) / sizeof(seeds[0]))];
		size_t size = strlen(seed);

		memcpy(input, seed, size);
		for (size_t i = draw(12); i > 0; i--)
			size = mutate(input, size);
		LLVMFuzzerTestOneInput(input, size);
	}
	printf("%lu inputs, nothing broken\n", runs);
	return 0;
}
