<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use Throwable;

/** The fields of a service in the admin area: what Sluice knows of it, its override, and the fields of its line. */
final class StaffTab
{
    private const SECONDS = 6;
    private const MODES = ['' => 'as the product says', 'IN' => 'IN', 'OUT' => 'OUT', 'TOTAL' => 'TOTAL'];
    /** Fields of a line that staff change here. */
    public const LINE = ['plan_id', 'area_code', 'channels', 'caller_id'];

    private readonly Api $api;
    private readonly Service $service;

    /**
     * @param array<array-key, mixed> $params the parameters of a module function
     *
     * @throws Refusal
     */
    public function __construct(array $params)
    {
        $this->service = Service::of($params);
        $this->api = new Api(Connection::ofServer($params), self::SECONDS);
    }

    /** @return array<string, string> HTML by label */
    public function fields(): array
    {
        $subject = $this->service->subject();
        $page = Page::read("$subject-staff", fn (): array => $this->api->get(
            '/embedded' . $this->service->path(),
            ['for' => 'staff']
        ));
        $shown = $page->variables();
        $fields = $this->notice($subject);
        if ($shown['fault'] !== '') {
            $fields['Sluice'] = Text::html(trim("{$page->fault} {$page->problem}"));
        }
        foreach ($shown['parts'] as $part) {
            // WHMCS prints labels as they are.
            $label = $part['title'] === '' ? 'Sluice' : Text::html($part['title']);
            $fields[$label] = ($fields[$label] ?? '') . '<div class="sluice">' . $part['html'] . '</div>';
        }
        if ($shown['parts'] !== []) {
            $fields[array_key_first($fields)] = self::stylesheet() . $fields[array_key_first($fields)];
        }
        return $page->isReachable && $this->service->addon === '' ? $fields + $this->inputs() : $fields;
    }

    /** @return array<string, string> */
    private function notice(string $subject): array
    {
        try {
            $notice = LastPage::find("$subject-notice");
            if ($notice !== null) {
                LastPage::drop("$subject-notice");
            }
        } catch (Throwable $error) {
            Text::failure($error);
            $notice = null;
        }
        $shown = new Data($notice['document'] ?? []);
        $texts = ['Not saved' => $shown->text('text'), 'Warning' => implode('; ', $shown->texts('warnings'))];
        return array_map(
            static fn (string $text): string => '<strong>' . Text::html($text) . '</strong>',
            array_filter($texts, static fn (string $text): bool => $text !== '')
        );
    }

    /** @return array<string, string> */
    private function inputs(): array
    {
        try {
            $override = StaffForm::toOverride((new Data($this->api->get($this->service->path())))->at('overrides'));
        } catch (ApiError $error) {
            return ['Override' => Text::html(Text::failure($error))];
        }
        $fields = ['Override' => implode(' ', [
            self::input('override', 'quota', $override['quota'], 'Quota', 'such as 500GB'),
            self::checkbox('override', 'unlimited', $override['unlimited'], 'Unlimited'),
            self::choice('override', 'mode', $override['mode'], 'Counted'),
            self::input('override', 'action', $override['action'], 'Restriction', 'an action of the panel'),
        ])];
        $line = $this->line();
        return $line === [] ? $fields : $fields + ['Line' => implode(' ', $line)];
    }

    /** @return list<string> */
    private function line(): array
    {
        try {
            $line = new Data($this->api->get($this->service->path('/line')));
        } catch (ApiError) {
            // Services of other panels have none.
            return [];
        }
        $subscriber = $line->at('subscriber');
        $changeable = $line->at('changeable')->texts('subscriber');
        $inputs = [];
        foreach (array_intersect(self::LINE, $changeable) as $field) {
            $inputs[] = self::input('line', $field, $subscriber->text($field), str_replace('_', ' ', ucfirst($field)), '');
        }
        if (in_array('sip_password', $changeable, true)) {
            $inputs[] = '<label>New SIP password <input type="password" name="modulefields[sluice_line][sip_password]" value=""'
                . ' autocomplete="new-password" size="20"></label>';
        }
        return $inputs;
    }

    private static function input(string $group, string $field, string $value, string $label, string $hint): string
    {
        $name = "modulefields[sluice_$group][$field]";
        return '<label>' . Text::html($label) . ' <input type="text" size="16" name="' . Text::html($name)
            . '" value="' . Text::html($value) . '" placeholder="' . Text::html($hint) . '"></label>'
            . self::before($group, $field, $value);
    }

    private static function checkbox(string $group, string $field, string $value, string $label): string
    {
        $name = Text::html("modulefields[sluice_$group][$field]");
        $checked = $value === '1' ? ' checked' : '';
        return "<label><input type=\"hidden\" name=\"$name\" value=\"\"><input type=\"checkbox\" name=\"$name\" value=\"1\"$checked> "
            . Text::html($label) . '</label>' . self::before($group, $field, $value);
    }

    private static function choice(string $group, string $field, string $value, string $label): string
    {
        $options = '';
        foreach (self::MODES as $mode => $title) {
            $selected = $mode === $value ? ' selected' : '';
            $options .= '<option value="' . Text::html($mode) . "\"$selected>" . Text::html($title) . '</option>';
        }
        return '<label>' . Text::html($label) . ' <select name="' . Text::html("modulefields[sluice_$group][$field]") . "\">$options</select></label>"
            . self::before($group, $field, $value);
    }

    /** What the form showed, so that a save sends only what was changed in it. */
    private static function before(string $group, string $field, string $value): string
    {
        return '<input type="hidden" name="' . Text::html("modulefields[sluice_{$group}_before][$field]") . '" value="' . Text::html($value) . '">';
    }

    private static function stylesheet(): string
    {
        return '<link rel="stylesheet" href="../modules/servers/sluice/assets/sluice.css">';
    }

    /**
     * Stores what was changed in the form. What is refused, or is not quite as it was entered, is shown the next time the tab is
     * opened, since WHMCS shows nothing of a save.
     *
     * @param array<array-key, mixed> $params the parameters of the module function
     * @param array<array-key, mixed> $fields `modulefields` of the form
     */
    public static function save(array $params, array $fields): void
    {
        $form = new StaffForm(new Data($fields));
        if (!$form->isChanged()) {
            return;
        }
        $problems = [];
        $warnings = [];
        try {
            $service = Service::of($params);
            $commands = new Commands(new Api(Connection::ofServer($params)), $service);
            foreach ([$form->saveOverride(...), $form->saveLine(...)] as $save) {
                try {
                    array_push($warnings, ...$save($commands, $service));
                } catch (ApiError | Refusal $error) {
                    $problems[] = Text::failure($error);
                }
            }
            if ($problems !== [] || $warnings !== []) {
                LastPage::save($service->subject() . '-notice', ['text' => implode(' ', $problems), 'warnings' => $warnings]);
            }
        } catch (Throwable $error) {
            $problems[] = Text::failure($error);
        }
        foreach ([...$problems, ...$warnings] as $problem) {
            logActivity("Sluice: $problem");
        }
    }
}
