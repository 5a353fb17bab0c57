<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** What staff entered in the fields of a service. */
final class StaffForm
{
    private const UNITS = ['PB' => 1024 ** 5, 'TB' => 1024 ** 4, 'GB' => 1024 ** 3, 'MB' => 1024 ** 2, 'KB' => 1024];

    /** Fields of each group; what else a form sends is not stored. */
    private const FIELDS = ['override' => ['quota', 'unlimited', 'mode', 'action'], 'line' => StaffTab::LINE];

    public function __construct(private readonly Data $fields)
    {
    }

    /**
     * Returns the fields of an override as the form shows them; empty texts where there is none.
     *
     * @return array{quota: string, unlimited: string, mode: string, action: string}
     */
    public static function toOverride(Data $override): array
    {
        return [
            'quota' => self::size($override->whole('quotaBytes')),
            'unlimited' => $override->isTrue('unlimited') ? '1' : '',
            'mode' => $override->text('mode'),
            'action' => $override->text('action'),
        ];
    }

    /** Returns whether the form was changed. */
    public function isChanged(): bool
    {
        return $this->changes('override') !== [] || $this->lineChanges() !== [];
    }

    /**
     * Stores the changed parts of the override in one request; emptied fields remove theirs.
     *
     * @return list<string> what of the change is not as it was entered: nothing
     *
     * @throws ApiError|Refusal
     */
    public function saveOverride(Commands $commands, Service $service): array
    {
        $changes = $this->changes('override');
        if ($changes === []) {
            return [];
        }
        $body = array_map(static fn (string $text): ?string => $text === '' ? null : $text, $changes);
        if (isset($changes['unlimited'])) {
            // To Sluice both are one part: what is not unlimited has the quota that the field shows.
            $shown = $this->entered('override')['quota'] ?? '';
            $body['unlimited'] = $changes['unlimited'] !== '';
            $body['quota'] = $body['unlimited'] || $shown === '' ? ($body['quota'] ?? null) : $shown;
        }
        $commands->send('PUT', $service->path('/override'), $body, 'override-set');
        return [];
    }

    /**
     * Stores the changed fields of the line.
     *
     * @return list<string> what of the change is not as it was entered, or does not stay
     *
     * @throws ApiError|Refusal
     */
    public function saveLine(Commands $commands, Service $service): array
    {
        $values = $this->lineChanges();
        if ($values === []) {
            return [];
        }
        $line = new Data($commands->api->get($service->path('/line')));
        $id = $line->at('subscriber')->text('id');
        $body = ['panel' => $line->text('panel'), 'values' => $values];
        $answer = $commands->send('PATCH', '/telephony/subscribers/' . rawurlencode($id), $body, 'line-set');
        return array_map(Text::sentence(...), $answer->texts('warnings'));
    }

    /** @return array<string, string> */
    private function lineChanges(): array
    {
        $password = $this->fields->at('sluice_line')->text('sip_password');
        return $this->changes('line') + ($password === '' ? [] : ['sip_password' => $password]);
    }

    /**
     * @param 'override'|'line' $group
     *
     * @return array<string, string> the fields of a group that differ from what the form showed
     */
    private function changes(string $group): array
    {
        $before = $this->fields->at("sluice_{$group}_before");
        $isChanged = static fn (string $value, string $field): bool => $value !== trim($before->text($field));
        return array_filter($this->entered($group), $isChanged, ARRAY_FILTER_USE_BOTH);
    }

    /**
     * @param 'override'|'line' $group
     *
     * @return array<string, string>
     */
    private function entered(string $group): array
    {
        $entered = [];
        $shown = $this->fields->at("sluice_{$group}_before")->values;
        foreach (self::FIELDS[$group] as $field) {
            if (array_key_exists($field, $shown)) {
                $entered[$field] = trim($this->fields->at("sluice_$group")->text($field));
            }
        }
        return $entered;
    }

    private static function size(?int $bytes): string
    {
        if ($bytes === null) {
            return '';
        }
        foreach ($bytes === 0 ? [] : self::UNITS as $unit => $size) {
            if ($bytes % $size === 0) {
                return intdiv($bytes, $size) . $unit;
            }
        }
        return "{$bytes}B";
    }
}
