"""Does no command of ours take the name of another app's? Of two with one name, Django knows only one."""

from pathlib import Path

from django.core.management import get_commands

import contactcenter_chat

COMMANDS = {path.stem for path in (Path(contactcenter_chat.__file__).parent / "management/commands").glob("[a-z]*.py")}
SECOND_NAMES = {"create_tenant"}  # what was there first; nothing of ours uses it
# What projects often have beside this app.
OTHERS = {
    "celery": "celery celery_worker celerybeat",
    "channels": "runworker runserver",
    "django-anymail, post-office": "send_queued_mail cleanup_mail send_mail retry_deferred purge_mail_log runmailer",
    "django-apscheduler, django-q, rq, huey": "runapscheduler qcluster qmonitor qinfo qmemory rqworker rqscheduler "
    "rqenqueue rqstats run_huey db_worker prune_db_task_results",
    "django-axes": "axes_reset axes_reset_ip axes_reset_username axes_list_attempts axes_reset_logs",
    "django-compressor": "compress mtime_cache",
    "django-extensions": "admin_generator clean_pyc clear_cache clear_sessions create_command create_jobs "
    "create_template_tags delete_squashed_migrations describe_form drop_test_database dumpscript export_emails "
    "find_template "
    "generate_password generate_secret_key graph_models list_model_info mail_debug merge_model_instances "
    "notes pipchecker print_settings print_user_for_session reset_db reset_schema runjob runjobs "
    "runprofileserver runscript runserver_plus set_default_site set_fake_emails set_fake_passwords "
    "shell_plus show_permissions show_template_tags show_urls sqlcreate sqldiff sqldsn sync_s3 syncdata "
    "unreferenced_files validate_templates verify_named_urls",
    "django-guardian": "clean_orphan_obj_perms",
    "django-haystack": "build_solr_schema clear_index haystack_info rebuild_index update_index",
    "django-health-check": "health_check",
    "django-oauth-toolkit": "cleartokens createapplication",
    "django-redis, cachalot, cacheops": "invalidate invalidate_cachalot cleanfilecache reapconjs",
    "django-reversion, simple-history": "createinitialrevisions deleterevisions populate_history clean_old_history "
    "clean_duplicate_history",
    "django-tenants": "all_tenants_command clone_tenant collectstatic_schemas create_missing_schemas create_tenant "
    "create_tenant_superuser delete_tenant migrate_schemas rename_schema tenant_command",
    "djangorestframework, drf-spectacular, simplejwt": "drf_create_token generateschema spectacular "
    "flushexpiredtokens",
    "dj-stripe, payments": "djstripe_init_customers djstripe_process_events djstripe_sync_models "
    "djstripe_clear_expired_idempotency_keys",
    "purges, redelivery, providers elsewhere": "purge purge_old_data redeliver setup_provider health simulate seed",
    "wagtail": "create_log_entries_from_revisions fixtree move_pages publish_scheduled purge_embeds purge_revisions "
    "rebuild_references_index replace_text show_references_index update_image_renditions wagtail_update_index",
}


def test_commands_of_other_apps_stay_theirs():
    taken = {name for names in OTHERS.values() for name in names.split()}
    taken |= {name for name, app in get_commands().items() if app != "contactcenter_chat"}
    assert {"migrate", "spectacular", "createsuperuser"} <= taken
    assert COMMANDS & taken == SECOND_NAMES


def test_there_are_these_commands_and_no_others():
    assert {
        "apply_centre",
        "contactcenter_create_tenant",
        "contactcenter_health",
        "contactcenter_mcp",
        "contactcenter_purge",
        "contactcenter_redeliver",
        "contactcenter_setup_provider",
        "contactcenter_test_bot",
        "explain_routing",
        "export_centre",
        "import_articles",
        "rotate_signing_key",
        "simulate_agents",
        "simulate_customers",
        "simulate_routing",
    } == COMMANDS - SECOND_NAMES
