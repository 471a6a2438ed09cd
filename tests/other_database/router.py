"""All tables of this project are in one database, which is called ``center``."""

ALIAS = "center"


class Router:
    def db_for_read(self, model, **hints):
        return ALIAS

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        return db == ALIAS
