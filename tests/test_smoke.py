import pytest


@pytest.mark.django_db
def test_the_program_does_not_own_its_tables(django_db_setup):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT tableowner FROM pg_tables WHERE tablename = 'organizations_organization')")
        assert cursor.fetchone() == ("govshare_app", "govshare_owner")
