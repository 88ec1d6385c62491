#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buf.h"
#include "store/trust.h"
#include "tests/unit/fixture.h"

enum { STRANGER = 12345 };

static char		 top[64], folder[96], file[128], elsewhere[96],
			 alias[128];
static struct buf	 why;

/* A file in a folder in a folder, and a link to it in another. */
static int
make(void **state)
{
	int	 fd;

	snprintf(top, sizeof(top), "/tmp/viaduct-trust.XXXXXX");
	if (mkdtemp(top) == NULL)
		return -1;
	snprintf(folder, sizeof(folder), "%s/folder", top);
	snprintf(file, sizeof(file), "%s/file", folder);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", top);
	snprintf(alias, sizeof(alias), "%s/alias", elsewhere);
	if (mkdir(folder, 0700) == -1 || mkdir(elsewhere, 0700) == -1 ||
	    (fd = open(file, O_CREAT | O_WRONLY, 0600)) == -1 ||
	    symlink(file, alias) == -1)
		return -1;
	close(fd);
	return setup(state);
}

static int
unmake(void **state)
{
	unlink(alias);
	unlink(file);
	rmdir(folder);
	rmdir(elsewhere);
	rmdir(top);
	return teardown(state);
}

static int
trusts_file(void)
{
	struct stat	 st;

	assert_int_equal(stat(file, &st), 0);
	buf_init(&why, &arena, 8192);
	return trust_file(&st, &why);
}

static int
trusts_folder(const char *path, bool beside)
{
	buf_init(&why, &arena, 8192);
	return trust_folder(path, beside, &why);
}

static void
nobody_else_may_write_the_file(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode <= 0777; mode++) {
		assert_int_equal(chmod(file, mode), 0);
		assert_int_equal(trusts_file(), (mode & 022) ? -1 : 0);
		if (mode & 022)
			assert_non_null(strstr(why.data, "chmod go-w"));
	}
}

static void
nobody_else_may_own_the_file(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;		/* only root can give a file away */
	assert_int_equal(chown(file, STRANGER, STRANGER), 0);
	assert_int_equal(trusts_file(), -1);
	assert_non_null(strstr(why.data, "belongs to user 12345"));
	assert_int_equal(chown(file, 0, 0), 0);
	assert_int_equal(chown(folder, STRANGER, STRANGER), 0);
	assert_int_equal(trusts_folder(file, false), -1);
	assert_non_null(strstr(why.data, folder));
	assert_non_null(strstr(why.data, "user 12345"));
}

static const struct { mode_t mode; int replaced, beside; } folders[] = {
	{ 0700, 0, 0 }, { 0755, 0, 0 }, { 0711, 0, 0 },
	{ 0770, -1, -1 }, { 0720, -1, -1 }, { 0702, -1, -1 }, { 0777, -1, -1 },
	/* A sticky bit keeps others from taking away, not from adding. */
	{ 01777, 0, -1 }, { 01770, 0, -1 }, { 01700, 0, 0 },
};

static void
nobody_else_may_replace_the_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(folders); i++) {
		assert_int_equal(chmod(folder, folders[i].mode), 0);
		print_message("# %o\n", folders[i].mode);
		assert_int_equal(trusts_folder(file, false),
		    folders[i].replaced);
		assert_int_equal(trusts_folder(file, true),
		    folders[i].beside);
		/* By a link, what it leads to. */
		assert_int_equal(trusts_folder(alias, true),
		    folders[i].beside);
		if (folders[i].beside == -1)
			assert_non_null(strstr(why.data, folder));
	}
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(chmod(elsewhere, 0777), 0);
	assert_int_equal(trusts_folder(file, true), 0);
	assert_int_equal(trusts_folder(alias, false), -1);
	assert_non_null(strstr(why.data, elsewhere));
}

static void
what_is_not_there_is_for_others_to_say(void **state)
{
	(void)state;
	assert_int_equal(trusts_folder("/no/such/folder/file", true), 0);
	assert_int_equal(trusts_folder("/file", true), 0);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(trusts_folder("file", true), -1);
	assert_int_equal(chdir("/"), 0);
}

static const struct { mode_t mode; bool own, strangers; } readers[] = {
	{ 0600, false, false }, { 0400, false, false },
	{ 0604, true, true }, { 0644, true, true },
	/* Of the group may be the program itself. */
	{ 0640, true, false },
};

static void
who_need_not_read_is_told_from_who_must(void **state)
{
	struct stat	 st = { .st_uid = geteuid() };

	(void)state;
	for (size_t i = 0; i < ROWS(readers); i++) {
		st.st_mode = readers[i].mode;
		st.st_uid = geteuid();
		assert_int_equal(trust_is_read(&st), readers[i].own);
		st.st_uid = geteuid() + 1;
		assert_int_equal(trust_is_read(&st), readers[i].strangers);
	}
}

#define T(f)	cmocka_unit_test_setup_teardown(f, make, unmake)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		T(nobody_else_may_write_the_file),
		T(nobody_else_may_own_the_file),
		T(nobody_else_may_replace_the_file),
		T(what_is_not_there_is_for_others_to_say),
		T(who_need_not_read_is_told_from_who_must),
	};

	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
