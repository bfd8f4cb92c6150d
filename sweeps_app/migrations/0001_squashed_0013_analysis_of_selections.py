"""All tables as the migrations that it replaces leave them, for a new database: one by one they take six times as long."""

import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import sweeps_app.models.entity
import sweeps_app.models.identifiers


class Migration(migrations.Migration):
    replaces = [
        ("sweeps_app", "0001_initial"),
        ("sweeps_app", "0002_search_and_stopping"),
        ("sweeps_app", "0003_streams"),
        ("sweeps_app", "0004_retention"),
        ("sweeps_app", "0005_attempts"),
        ("sweeps_app", "0006_jobs"),
        ("sweeps_app", "0007_fleet"),
        ("sweeps_app", "0008_views"),
        ("sweeps_app", "0009_analysis_targets"),
        ("sweeps_app", "0010_wandb"),
        ("sweeps_app", "0011_share_links"),
        ("sweeps_app", "0012_wandb_attempts"),
        ("sweeps_app", "0013_analysis_of_selections"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "Prepared"), ("claimed", "Claimed"), ("dropped", "Dropped")],
                        default="claimed",
                        max_length=8,
                    ),
                ),
                ("config", models.JSONField()),
                ("why", models.JSONField(default=dict)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("basis", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["sweep", "number"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", sweeps_app.models.entity.AccountManager()),
            ],
        ),
        migrations.CreateModel(
            name="AgentJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job_id", models.CharField(default=sweeps_app.models.identifiers.new_id, max_length=8, unique=True)),
                ("program", models.CharField(max_length=100)),
                ("commit", models.CharField(blank=True, max_length=64)),
                (
                    "queue",
                    models.CharField(
                        default="agents",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?!default\\Z)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\\Z",
                                "Use 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit; 'default' is the server's own.",
                            )
                        ],
                    ),
                ),
                ("slots", models.PositiveIntegerField(default=1)),
                ("gpus", models.PositiveIntegerField(default=0)),
                ("count", models.PositiveIntegerField(blank=True, null=True)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("number", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("failed", "Failed"),
                            ("stopped", "Stopped"),
                            ("lost", "Lost"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("stop_requested", models.BooleanField(default=False)),
                ("drain_requested", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("gpu_ids", models.JSONField(blank=True, default=list)),
                ("pid", models.PositiveIntegerField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("exit_code", models.IntegerField(blank=True, null=True)),
                ("console_lines", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "relaunch_of",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="relaunched_as",
                        to="sweeps_app.agentjob",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agent_id",
                    models.CharField(
                        default=sweeps_app.models.identifiers.new_id,
                        max_length=32,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]{8,32}\\Z", "Use 8 to 32 lower-case letters or digits."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                ("host", models.CharField(blank=True, max_length=200)),
                ("pid", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("exited", "Exited"), ("lost", "Lost")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("exit_reason", models.CharField(blank=True, max_length=500)),
                (
                    "order",
                    models.CharField(
                        blank=True,
                        choices=[("", "work"), ("pause", "Pause"), ("drain", "Drain"), ("kill", "Kill")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("quarantined_at", models.DateTimeField(blank=True, null=True)),
                ("quarantine_reason", models.CharField(blank=True, max_length=500)),
                ("quarantined_with_host", models.BooleanField(default=False)),
                ("runs_done", models.PositiveBigIntegerField(default=0)),
                ("runs_failed", models.PositiveBigIntegerField(default=0)),
                ("cleared_done", models.PositiveBigIntegerField(default=0)),
                ("cleared_failed", models.PositiveBigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("heartbeat_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agents",
                        to="sweeps_app.agentjob",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=100)),
                ("prefix", models.CharField(max_length=8, unique=True)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Entity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        max_length=64, unique=True, validators=[sweeps_app.models.identifiers.validate_entity_name]
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="personal_entity",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entities",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("admin", "Admin"), ("member", "Member")], default="member", max_length=8
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="sweeps_app.entity"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="entity",
            name="members",
            field=models.ManyToManyField(
                related_name="entities", through="sweeps_app.Membership", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\\Z",
                                "Use 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.",
                            )
                        ],
                    ),
                ),
                ("kind", models.CharField(choices=[("folder", "Folder"), ("git", "Git")], max_length=8)),
                ("source", models.CharField(max_length=1000)),
                ("revision", models.CharField(blank=True, max_length=200)),
                ("commit", models.CharField(blank=True, max_length=64)),
                (
                    "entry",
                    models.CharField(
                        choices=[
                            ("sweep", "The program that the sweep names"),
                            ("script", "A script that calls sweepdeck.agent()"),
                        ],
                        default="sweep",
                        max_length=8,
                    ),
                ),
                ("script", models.CharField(blank=True, max_length=1000)),
                ("python", models.CharField(blank=True, max_length=1000)),
                ("environment", models.JSONField(blank=True, default=dict)),
                ("secrets", models.JSONField(blank=True, default=list)),
                ("is_enabled", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["project", "name"],
            },
        ),
        migrations.AddField(
            model_name="agentjob",
            name="registration",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="jobs",
                to="sweeps_app.program",
            ),
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "name",
                    models.CharField(
                        max_length=128,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?!\\.{1,2}\\Z)[^/\\\\#?%:\\x00-\\x1f\\ud800-\\udfff]{1,128}\\Z",
                                "Use 1 to 128 characters, none of them a slash, backslash, #, ?, colon, percent sign or control character.",
                            )
                        ],
                    ),
                ),
                ("description", models.TextField(blank=True)),
                ("cursor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("oldest_cursor", models.BigIntegerField(default=0, editable=False)),
                ("retention_days", models.PositiveIntegerField(blank=True, null=True)),
                ("author", models.CharField(blank=True, editable=False, max_length=150)),
                ("import_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="projects", to="sweeps_app.entity"
                    ),
                ),
            ],
            options={
                "ordering": ["entity__name", "name"],
            },
        ),
        migrations.AddField(
            model_name="program",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="programs", to="sweeps_app.project"
            ),
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("run", "Run"), ("sweep", "Sweep")], max_length=8)),
                ("public_id", models.CharField(max_length=64)),
                ("change", models.BigIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deletions", to="sweeps_app.project"
                    ),
                ),
            ],
            options={
                "ordering": ["project", "change"],
            },
        ),
        migrations.AddField(
            model_name="agentjob",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="agent_jobs", to="sweeps_app.project"
            ),
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                (
                    "run_id",
                    models.CharField(
                        default=sweeps_app.models.identifiers.new_id,
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9_-]{1,64}\\Z", "Use 1 to 64 letters, digits, '-' or '_'."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("failed", "Failed"),
                            ("crashed", "Crashed"),
                            ("killed", "Killed"),
                            ("preempting", "Preempting"),
                            ("preempted", "Preempted"),
                            ("stopped_early", "stopped early"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                ("stop_requested", models.BooleanField(default=False)),
                (
                    "stop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "Person"),
                            ("sweep", "the sweep was canceled"),
                            ("rule", "the sweep's stopping rule"),
                            ("agent", "its agent was told to end"),
                        ],
                        max_length=8,
                    ),
                ),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("history_attempt", models.PositiveIntegerField(default=1)),
                ("queued_at", models.DateTimeField(blank=True, null=True)),
                (
                    "requeue_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lost", "nothing was heard of it any more"),
                            ("failed", "it failed in a way that the sweep retries"),
                            ("preempted", "its machine was taken away"),
                            ("unbegun", "its agent left before beginning it"),
                            ("retried", "a person asked for it"),
                            ("quarantine", "its agent was put in quarantine"),
                            ("killed", "its agent was told to end"),
                        ],
                        max_length=10,
                    ),
                ),
                ("config", models.JSONField(default=dict)),
                ("summary", models.JSONField(default=dict)),
                ("summary_overrides", models.JSONField(default=list)),
                ("objective", models.FloatField(blank=True, null=True)),
                ("stopping_progress", models.JSONField(blank=True, default=dict)),
                ("history_rows", models.BigIntegerField(default=0)),
                ("last_step", models.BigIntegerField(blank=True, null=True)),
                ("system_rows", models.BigIntegerField(default=0)),
                ("console_lines", models.BigIntegerField(default=0)),
                ("tags", models.JSONField(blank=True, default=list)),
                ("notes", models.TextField(blank=True)),
                ("is_hidden", models.BooleanField(default=False)),
                ("group", models.CharField(blank=True, max_length=200)),
                ("job_type", models.CharField(blank=True, max_length=200)),
                ("host", models.CharField(blank=True, max_length=200)),
                ("program", models.CharField(blank=True, max_length=1000)),
                ("exit_code", models.IntegerField(blank=True, null=True)),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("change", models.BigIntegerField(default=0)),
                ("author", models.CharField(blank=True, editable=False, max_length=150)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="sweeps_app.agent",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="sweeps_app.project"
                    ),
                ),
                (
                    "suggestion",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="run",
                        to="sweeps_app.suggestion",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoryChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_row", models.BigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("min_step", models.BigIntegerField()),
                ("max_step", models.BigIntegerField()),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("data", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="history_chunks", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "first_row"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConsoleChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_line", models.BigIntegerField()),
                ("lines", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="console_chunks", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "first_line"],
            },
        ),
        migrations.CreateModel(
            name="RunAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                (
                    "level",
                    models.CharField(
                        choices=[("info", "Info"), ("warning", "Warning"), ("error", "Error")],
                        default="info",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "-created_at"],
            },
        ),
        migrations.CreateModel(
            name="RunAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("lost", "nothing was heard of it any more"),
                            ("failed", "it failed in a way that the sweep retries"),
                            ("preempted", "its machine was taken away"),
                            ("unbegun", "its agent left before beginning it"),
                            ("retried", "a person asked for it"),
                            ("quarantine", "its agent was put in quarantine"),
                            ("killed", "its agent was told to end"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("failed", "Failed"),
                            ("crashed", "Crashed"),
                            ("killed", "Killed"),
                            ("preempting", "Preempting"),
                            ("preempted", "Preempted"),
                            ("stopped_early", "stopped early"),
                        ],
                        max_length=16,
                    ),
                ),
                ("host", models.CharField(blank=True, max_length=200)),
                ("exit_code", models.IntegerField(blank=True, null=True)),
                ("error", models.TextField(blank=True)),
                ("summary", models.JSONField(default=dict)),
                ("last_step", models.BigIntegerField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="sweeps_app.agent",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "number"],
            },
        ),
        migrations.CreateModel(
            name="RunFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=500)),
                ("size", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("content_type", models.CharField(max_length=100)),
                ("content", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "path"],
            },
        ),
        migrations.CreateModel(
            name="RunMetric",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("count", models.BigIntegerField(default=0)),
                ("last", models.FloatField(null=True)),
                ("last_step", models.BigIntegerField(null=True)),
                ("minimum", models.FloatField(null=True)),
                ("maximum", models.FloatField(null=True)),
                ("series", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="metrics", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "name"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("sweep_id", models.CharField(default=sweeps_app.models.identifiers.new_id, max_length=8)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "Pending"),
                            ("RUNNING", "Running"),
                            ("PAUSED", "Paused"),
                            ("STOPPED", "Stopped"),
                            ("CANCELED", "Canceled"),
                            ("FINISHED", "Finished"),
                            ("FAILED", "Failed"),
                        ],
                        default="PENDING",
                        max_length=8,
                    ),
                ),
                ("method", models.CharField(max_length=16)),
                ("config", models.JSONField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("seed", models.BigIntegerField()),
                ("metric_name", models.CharField(blank=True, max_length=255)),
                ("metric_goal", models.CharField(default="minimize", max_length=8)),
                ("run_cap", models.PositiveIntegerField(blank=True, null=True)),
                ("next_number", models.BigIntegerField(default=0)),
                ("handed_out", models.BigIntegerField(default=0)),
                ("result_count", models.BigIntegerField(default=0)),
                ("preparing_until", models.DateTimeField(blank=True, null=True)),
                ("rung_at", models.DateTimeField(blank=True, null=True)),
                ("is_exhausted", models.BooleanField(default=False)),
                ("woken", models.BigIntegerField(default=0)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("change", models.BigIntegerField(default=0)),
                ("run_deleted_change", models.BigIntegerField(default=0, editable=False)),
                ("author", models.CharField(blank=True, editable=False, max_length=150)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sweeps", to="sweeps_app.project"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="suggestion",
            name="sweep",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="suggestions", to="sweeps_app.sweep"
            ),
        ),
        migrations.CreateModel(
            name="StoppingDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stop", models.BooleanField()),
                ("rule", models.CharField(max_length=16)),
                ("band", models.BigIntegerField(blank=True, null=True)),
                ("iteration", models.BigIntegerField()),
                ("value", models.FloatField()),
                ("threshold", models.FloatField(blank=True, null=True)),
                ("peers", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="sweeps_app.run"
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="sweeps_app.sweep"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "iteration", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("share_id", models.CharField(default=sweeps_app.models.identifiers.new_id, max_length=8)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("uses", models.PositiveBigIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="share_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="share_links", to="sweeps_app.sweep"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("settings", models.JSONField(default=dict)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="views", to="sweeps_app.project"
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="views",
                        to="sweeps_app.sweep",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="RunRung",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("band", models.BigIntegerField()),
                ("value", models.FloatField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rungs", to="sweeps_app.run"
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rungs", to="sweeps_app.sweep"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "band"],
            },
        ),
        migrations.AddField(
            model_name="run",
            name="sweep",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="runs",
                to="sweeps_app.sweep",
            ),
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("state", models.CharField(choices=[("finished", "Finished"), ("failed", "Failed")], max_length=8)),
                ("values", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="results",
                        to="sweeps_app.run",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="sweeps_app.suggestion"
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="sweeps_app.sweep"
                    ),
                ),
            ],
            options={
                "ordering": ["sweep", "number"],
            },
        ),
        migrations.CreateModel(
            name="AnalysisResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("importance", "Importance")], max_length=16)),
                ("target", models.CharField(max_length=255)),
                ("selection_digest", models.CharField(blank=True, default="", max_length=64)),
                ("cursor", models.BigIntegerField(default=-1)),
                ("requested_cursor", models.BigIntegerField(default=-1)),
                ("requested_at", models.DateTimeField(null=True)),
                ("computed_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(default=dict)),
                (
                    "sweep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="analyses", to="sweeps_app.sweep"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="agentjob",
            name="sweep",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="agent_jobs", to="sweeps_app.sweep"
            ),
        ),
        migrations.AddField(
            model_name="agent",
            name="sweep",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="agents", to="sweeps_app.sweep"
            ),
        ),
        migrations.CreateModel(
            name="SweepVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("first_number", models.BigIntegerField(default=0)),
                ("config", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="sweeps_app.sweep"
                    ),
                ),
            ],
            options={
                "ordering": ["sweep", "number"],
            },
        ),
        migrations.CreateModel(
            name="SystemChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_row", models.BigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("min_step", models.BigIntegerField()),
                ("max_step", models.BigIntegerField()),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("data", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="system_chunks", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "first_row"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SystemMetric",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("count", models.BigIntegerField(default=0)),
                ("last", models.FloatField(null=True)),
                ("last_step", models.BigIntegerField(null=True)),
                ("minimum", models.FloatField(null=True)),
                ("maximum", models.FloatField(null=True)),
                ("series", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="system_metrics", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "name"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UnservedRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=200)),
                ("operation", models.CharField(blank=True, max_length=100)),
                ("message", models.CharField(max_length=500)),
                ("client", models.CharField(blank=True, max_length=200)),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("first_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "thing that clients asked for and we lack",
                "verbose_name_plural": "what clients asked for and we lack",
                "ordering": ["-count", "subject"],
                "constraints": [models.UniqueConstraint(fields=("subject", "operation"), name="unserved_request_once")],
            },
        ),
        migrations.CreateModel(
            name="WandbRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meta", models.JSONField(default=dict)),
                ("writer", models.CharField(blank=True, max_length=64)),
                ("nested", models.JSONField(default=list)),
                ("resume_asked_at", models.DateTimeField(blank=True, null=True)),
                ("stop_told_at", models.DateTimeField(blank=True, null=True)),
                ("offered", models.PositiveIntegerField(default=0)),
                ("attempt", models.PositiveIntegerField(blank=True, null=True)),
                ("born", models.FloatField(blank=True, null=True)),
                ("over", models.JSONField(default=list)),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wandb", to="sweeps_app.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run"],
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "worker_id",
                    models.CharField(default=sweeps_app.models.identifiers.new_id, max_length=8, unique=True),
                ),
                ("name", models.CharField(max_length=200)),
                ("host", models.CharField(max_length=200)),
                ("pid", models.PositiveBigIntegerField()),
                ("queues", models.JSONField(default=list)),
                ("slots", models.PositiveIntegerField()),
                ("gpus", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("stopping", "Stopping"),
                            ("exited", "Exited"),
                            ("lost", "Lost"),
                        ],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("version", models.CharField(blank=True, max_length=32)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("heartbeat_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-started_at", "-pk"],
                "indexes": [models.Index(fields=["state", "heartbeat_at"], name="worker_state_heartbeat")],
            },
        ),
        migrations.AddField(
            model_name="agentjob",
            name="worker",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="jobs",
                to="sweeps_app.worker",
            ),
        ),
        migrations.CreateModel(
            name="HeldGpu",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("host", models.CharField(max_length=200)),
                ("gpu", models.CharField(max_length=100)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="held_gpus", to="sweeps_app.agentjob"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("host", "gpu"), name="gpu_held_once")],
            },
        ),
        migrations.CreateModel(
            name="JobConsoleChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_line", models.BigIntegerField()),
                ("lines", models.PositiveIntegerField()),
                ("characters", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="console_chunks",
                        to="sweeps_app.agentjob",
                    ),
                ),
            ],
            options={
                "ordering": ["job", "first_line"],
                "constraints": [models.UniqueConstraint(fields=("job", "first_line"), name="job_console_chunk_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("entity", "user"), name="membership_once"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="project_deleted"
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("retention_days__isnull", False)),
                fields=["retention_days"],
                name="project_retained",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None)), fields=("entity", "name"), name="project_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.UniqueConstraint(fields=("project", "name"), name="program_name_once"),
        ),
        migrations.AddIndex(
            model_name="deletion",
            index=models.Index(fields=["project", "change"], name="deletion_project_change"),
        ),
        migrations.AddIndex(
            model_name="historychunk",
            index=models.Index(condition=models.Q(("level", 0)), fields=["run"], name="chunk_unmerged"),
        ),
        migrations.AddConstraint(
            model_name="historychunk",
            constraint=models.UniqueConstraint(fields=("run", "first_row"), name="chunk_once"),
        ),
        migrations.AddConstraint(
            model_name="consolechunk",
            constraint=models.UniqueConstraint(fields=("run", "first_line"), name="console_chunk_once"),
        ),
        migrations.AddConstraint(
            model_name="runattempt",
            constraint=models.UniqueConstraint(fields=("run", "number"), name="run_attempt_once"),
        ),
        migrations.AddConstraint(
            model_name="runfile",
            constraint=models.UniqueConstraint(fields=("run", "path"), name="run_file_once"),
        ),
        migrations.AddConstraint(
            model_name="runmetric",
            constraint=models.UniqueConstraint(fields=("run", "name"), name="run_metric_once"),
        ),
        migrations.AddIndex(
            model_name="sweep",
            index=models.Index(fields=["project", "change"], name="sweep_change"),
        ),
        migrations.AddIndex(
            model_name="sweep",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="sweep_deleted"
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None)), fields=("sweep_id",), name="sweep_id_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None), models.Q(("request_id", ""), _negated=True)),
                fields=("created_by", "request_id"),
                name="sweep_request_once",
            ),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["sweep", "state", "number"], name="suggestion_sweep_state"),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.UniqueConstraint(fields=("sweep", "number"), name="suggestion_number_once"),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=("sweep", "request_id"),
                name="suggestion_request_once",
            ),
        ),
        migrations.AddIndex(
            model_name="stoppingdecision",
            index=models.Index(fields=["sweep", "stop"], name="decision_sweep_stop"),
        ),
        migrations.AddConstraint(
            model_name="stoppingdecision",
            constraint=models.UniqueConstraint(fields=("run", "band"), name="decision_once_a_band"),
        ),
        migrations.AddConstraint(
            model_name="sharelink",
            constraint=models.UniqueConstraint(fields=("sweep", "share_id"), name="share_id_once"),
        ),
        migrations.AddConstraint(
            model_name="sharelink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=("sweep", "created_by", "request_id"),
                name="share_request_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at", None), ("expires_at__gt", models.F("created_at")), _connector="OR"),
                name="share_lasts",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sweep__isnull", False)), fields=("sweep", "name"), name="view_of_sweep_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sweep", None)), fields=("project", "name"), name="view_of_project_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("sweep__isnull", False)),
                fields=("sweep",),
                name="view_default_of_sweep",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("sweep", None)),
                fields=("project",),
                name="view_default_of_project",
            ),
        ),
        migrations.AddIndex(
            model_name="runrung",
            index=models.Index(fields=["sweep", "band", "value"], name="rung_sweep_band_value"),
        ),
        migrations.AddConstraint(
            model_name="runrung",
            constraint=models.UniqueConstraint(fields=("run", "band"), name="rung_once"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["project", "change"], name="run_project_change"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["sweep", "change"], name="run_sweep_change"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["sweep", "state", "deleted_at", "project"], name="run_sweep_state"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["sweep", "objective"], name="run_sweep_objective"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["sweep", "created_at"], name="run_sweep_created"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["project", "created_at"], name="run_project_created"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["state", "heartbeat_at"], name="run_state_heartbeat"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["project", "finished_at"], name="run_project_finished"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="run_deleted"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("queued_at__isnull", False)), fields=["sweep", "queued_at"], name="run_queued"
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None)), fields=("project", "run_id"), name="run_id_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None), models.Q(("request_id", ""), _negated=True)),
                fields=("agent", "request_id"),
                name="run_request_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.UniqueConstraint(fields=("sweep", "number"), name="result_number_once"),
        ),
        migrations.AddConstraint(
            model_name="analysisresult",
            constraint=models.UniqueConstraint(
                fields=("sweep", "kind", "target", "selection_digest"), name="analysis_once"
            ),
        ),
        migrations.AddIndex(
            model_name="agent",
            index=models.Index(fields=["state", "heartbeat_at"], name="agent_state_heartbeat"),
        ),
        migrations.AddIndex(
            model_name="agent",
            index=models.Index(fields=["sweep", "host"], name="agent_sweep_host"),
        ),
        migrations.AddConstraint(
            model_name="sweepversion",
            constraint=models.UniqueConstraint(fields=("sweep", "number"), name="sweep_version_once"),
        ),
        migrations.AddIndex(
            model_name="systemchunk",
            index=models.Index(condition=models.Q(("level", 0)), fields=["run"], name="system_chunk_unmerged"),
        ),
        migrations.AddConstraint(
            model_name="systemchunk",
            constraint=models.UniqueConstraint(fields=("run", "first_row"), name="system_chunk_once"),
        ),
        migrations.AddConstraint(
            model_name="systemmetric",
            constraint=models.UniqueConstraint(fields=("run", "name"), name="system_metric_once"),
        ),
        migrations.AddIndex(
            model_name="agentjob",
            index=models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat"),
        ),
        migrations.AddIndex(
            model_name="agentjob",
            index=models.Index(fields=["state", "created_at"], name="job_state_created"),
        ),
        migrations.AddConstraint(
            model_name="agentjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=("sweep", "created_by", "request_id", "number"),
                name="job_request_once",
            ),
        ),
    ]
